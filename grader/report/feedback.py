"""What one student reads about a hand-in: a page that runs and loads nothing, and the same as Markdown.

Only what a student may see is in it: nothing of the record's that is staff's, no seconds, no diagnosis' id,
and of a fault of ours not the reason. Scores are the gradebook's, so one that was set by hand says so.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from unicodedata import normalize

from grader.batch.gradebook import NOT_YET, Asked, Gradebook, Line, Mark
from grader.batch.roster import Student
from grader.record import ProblemRecord, Record, Seen
from grader.report.document import document
from grader.report.escape import fenced, html, printable
from grader.report.escape import markdown as literal
from grader.report.html import notes, problems_table
from grader.report.text import number

FAILED = (
    "This hand-in could not be graded. That is no fault of yours and costs no points: the course staff can "
    "see the reason and will grade it again."
)
NOT_GRADED = "This hand-in has not been graded yet. That is no fault of yours and costs no points."
EMPTY = "There was nothing to grade."
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; overflow-wrap: anywhere; }
p { overflow-wrap: anywhere; white-space: pre-line; }
.score { font-size: 1.25rem; font-weight: 600; }
.wide { overflow-x: auto; }
@media (max-width: 40rem) {
  table, tbody, tr, td:last-child { display: block; }
  thead { display: none; }
  tr:not(:has([colspan])) { border-top: 1px solid #8a8a8a; }
  td { display: inline-block; border: 0 !important; padding: 0.2rem 0.9rem 0.2rem 0 !important; }
}
:focus-visible { outline: 2px solid; outline-offset: 2px; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10pt; }
  details::details-content { content-visibility: visible; } }
"""
READABLE = 40  # characters of a stem that are for people
PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}", re.ASCII)


def stem(student: Student) -> str:
    """What the student's files are called, without a suffix: `ada-lovelace_4711`.

    The part behind `_` is the id where that is plain, else `_` and 65 bits of its digest: so no two students
    share a stem, on file systems without upper case neither, and it is no name that Windows reserves, for
    these have no `_`.
    """
    words = (_slug(text) for text in (student.name, student.email.partition("@")[0], student.id))
    plain = PLAIN_ID.fullmatch(student.id)
    return f"{next(filter(None, words), 'student')}_{student.id if plain else f'_{_digest(student.id)}'}"


def is_stem(text: str) -> bool:
    """Whether it is written as a stem is."""
    words, _, id_ = text.partition("_")
    return bool(re.fullmatch("[a-z0-9-]+", words)) and bool(
        PLAIN_ID.fullmatch(id_) or re.fullmatch("_[a-z2-7]{13}", id_)
    )


def _slug(text: str) -> str:
    """Its letters and digits without accents; nothing where it has other letters, which would be misread."""
    letters = "".join(c for c in normalize("NFKD", text) if c.isascii() or c.isalnum())
    if not letters.isascii():
        return ""
    return "-".join(re.findall("[a-z0-9]+", letters.lower()))[:READABLE].strip("-")


def _digest(text: str) -> str:
    return b32encode(sha256(text.encode("utf-8", "surrogatepass")).digest()).decode()[:13].lower()


def page(record: Record | None, line: Line, gradebook: Gradebook) -> str:
    """The whole file; `record` is None where there was nothing to grade, or where it was not graded."""
    title = printable(gradebook.title)
    body = [f"<h1>{html(title)}</h1>", f"<p><bdi>{html(printable(_who(line.student)))}</bdi></p>"]
    if line.score is not None:
        body.append(f'<p class="score">{html(_total(line, gradebook))}</p>')
    body += [f'<p dir="auto">{html(said)}</p>' for said in _said(line)]
    if problems := _problems(record, line, gradebook):
        body.append(f'<div class="wide">{problems_table(problems)}</div>')
    if record and line.status == "graded":
        body += notes(record)
    return document(f"{title}: {printable(_who(line.student))}", STYLE, "\n".join([*body, ""]))


def markdown(record: Record | None, line: Line, gradebook: Gradebook) -> str:
    """The same for those who paste it somewhere; nothing in it but our own headings marks anything up."""
    parts = [f"# {_line(gradebook.title)}", _line(_who(line.student))]
    if line.score is not None:
        parts.append(f"**{_line(_total(line, gradebook))}**")
    parts += [literal(said) for said in _said(line)]
    parts += [part for problem in _problems(record, line, gradebook) for part in _section(problem)]
    if record and line.status == "graded":
        parts += _notes(record)
    return "\n\n".join(parts) + "\n"


def _line(text: str) -> str:
    return literal(printable(text))


def _who(student: Student) -> str:
    return student.name or student.email or student.id


def _total(line: Line, gradebook: Gradebook) -> str:
    assert line.score is not None
    return f"{number(line.score)} of {number(gradebook.points)} points"


def _said(line: Line) -> Iterator[str]:
    """Why there is nothing below, and whether it came late."""
    if line.status == "failed":
        yield FAILED
    elif line.status == NOT_YET:
        yield NOT_GRADED
    elif line.status == "empty":
        yield f"{EMPTY} {line.reason}".strip()
    if line.late:
        yield f"Handed in late{f': {line.handed_in}' if line.handed_in else ''}."


def _problems(record: Record | None, line: Line, gradebook: Gradebook) -> list[ProblemRecord]:
    """The record's rows with the gradebook's scores; without a record those that somebody has set."""
    told = {problem.name: problem for problem in record.problems} if record else {}
    marked = [] if line.score is None else list(zip(gradebook.functions, line.marks, strict=False))
    if line.status == "empty":
        marked = [(asked, mark) for asked, mark in marked if mark.set_by]
    return [_marked(told.get(asked.name) or _unknown(asked), mark) for asked, mark in marked]


def _unknown(asked: Asked) -> ProblemRecord:
    return ProblemRecord(
        name=asked.name,
        number=asked.number,
        topic=asked.topic,
        asks="",
        points=asked.points,
        score=asked.points,
        verdict="",
        student=Seen(""),
        staff=(),
    )


def _marked(problem: ProblemRecord, mark: Mark) -> ProblemRecord:
    by_hand = f"Points set by hand: {mark.set_by}" if mark.set_by else ""
    sentence = "\n".join(filter(None, [problem.student.sentence, by_hand]))
    seen = replace(problem.student, sentence=sentence)
    return replace(problem, score=mark.score, verdict=mark.verdict, student=seen)


def _section(problem: ProblemRecord) -> Iterator[str]:
    """A heading, the sentence and the hint, an input to try, what was printed."""
    points = f"{number(problem.score)} of {number(problem.points)} points"
    yield f"## {_line(f'{problem.number} {problem.name}: {problem.verdict}, {points}')}"
    seen = problem.student
    yield from (literal(said) for said in (seen.sentence, seen.hint and f"Hint: {seen.hint}") if said)
    if seen.detail:
        yield f"The smallest input on which it fails, to paste into Python:\n\n{fenced(seen.detail)}"
    if seen.printed:
        yield f"On a public case it printed:\n\n{fenced(seen.printed)}"


def _notes(record: Record) -> Iterator[str]:
    if record.remarks or record.printed:
        yield "## Notes"
    yield from map(literal, record.remarks)
    if record.printed:
        yield f"The file printed:\n\n{fenced(record.printed)}"
