"""What the class got wrong, the most frequent first: what it is, who made it, and an input that shows it.

First what has an explanation, for that is what can be talked about; then answers of which only the verdict is
known, such as what raised or was not handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.batch.gradebook import Gradebook, Mistake
from grader.report.elements import FEW, MOST, bar, button, folded, left_out, many, paragraph, section, text
from grader.report.escape import html
from grader.report.html import SIGNS, WRONG
from grader.report.people import Class, names_nobody
from grader.report.register import CLASSES, LONGEST, named

WORDS = {
    "wrong": "wrong, and nothing explains every case",
    "shape": "another shape, and nothing explains it",
    "type": "no array of real numbers",
    "not finite": "infinite or not a number",
    "mutates": "it changes its inputs",
    "raised": "it raises an exception",
    "timed out": "it does not come to an end",
    "crashed": "it ends the process",
    "unreadable": "its answer cannot be read",
    "imprecise": "right, with lost digits",
    "missing": "not in the hand-in",
    "unwritten": "not written",
    "not run": "not run",
}
OPENS = (
    "How many students gave this answer; a line opens to who they are and the smallest input that shows it."
)
OTHERS = "Answers that failed or lost digits for no known reason, then those that are not there."
PEOPLE = 12  # names in a row
UNSEEN = '<p class="quiet">Only hidden cases show it.</p>'
SMALLEST = '<p class="quiet">The smallest input that shows it, to paste into Python:</p>'


def mistakes(them: Class) -> str:
    """Each is a line that opens."""
    found, others = frequent(them.gradebook), unexplained(them.gradebook)
    if not (found or others):
        return ""
    return section(
        "mistakes",
        "Most frequent mistakes",
        paragraph(OPENS, "quiet"),
        _lines(them, "mistake", found) or paragraph("None that could be explained."),
        f"<h3>Without an explanation</h3>\n{paragraph(OTHERS, 'quiet')}" if others else "",
        _lines(them, "other", others),
    )


def frequent(gradebook: Gradebook) -> list[Mistake]:
    """What is explained, by how many made it, then in the assignment's order."""
    return _in_order(gradebook, [each for each in gradebook.mistakes if each.says])


def unexplained(gradebook: Gradebook) -> list[Mistake]:
    """The rest: what failed for no known reason, what lost digits, last what was not there to be judged."""
    rest = _in_order(gradebook, [each for each in gradebook.mistakes if not each.says])
    return sorted(rest, key=lambda each: "✗≈–".index(SIGNS.get(each.diagnosis, WRONG)[0]))


def _in_order(gradebook: Gradebook, some: list[Mistake]) -> list[Mistake]:
    order = {asked.name: place for place, asked in enumerate(gradebook.functions)}
    return sorted(
        some, key=lambda each: (-len(each.students), order.get(each.function, len(order)), each.says)
    )


def sets(them: Class) -> Iterator[tuple[str, list[int]]]:
    """Who made each, for its button."""
    for kind, found in (("mistake", frequent(them.gradebook)), ("other", unexplained(them.gradebook))):
        for place, mistake in enumerate(found[:MOST]):
            yield f"{kind}-{place}", them.found(mistake.students)


def _lines(them: Class, kind: str, found: Sequence[Mistake]) -> str:
    graded = max(1, len(them.where("graded")))
    shown = [_mistake(them, f"{kind}-{place}", each, graded) for place, each in enumerate(found[:MOST])]
    more = folded(shown[FEW:], len(found) - FEW)
    return "\n".join(filter(None, [*shown[:FEW], more, left_out(len(found))]))


def _mistake(them: Class, key: str, mistake: Mistake, graded: int) -> str:
    who = them.found(mistake.students)
    says, sentence = _told(them, mistake, who)
    sign, _ = SIGNS.get(mistake.diagnosis, WRONG)
    inside = [
        f'<p class="told" dir="auto">{html(sentence)}</p>' if sentence else "",
        f'{SMALLEST}\n<pre dir="ltr">\n{html(mistake.example)}</pre>' if mistake.example else UNSEEN,
        people(them, who, key, f"{mistake.function}: {says}"),
    ]
    return (
        f'<details class="mistake"><summary><span class="number">{len(who):,}</span>'
        f"{bar(min(1.0, len(who) / graded), CLASSES[sign])}"
        f"<span><code><bdi>{text(mistake.function, LONGEST)}</bdi></code> <bdi>{text(says)}</bdi></span>"
        f"</summary>\n<div>{''.join(inside)}</div></details>"
    )


def in_words(diagnosis: str) -> str:
    """What only a verdict is known of; `raised:TypeError` names what was raised."""
    verdict, _, what = diagnosis.partition(":")
    return f"it raises {what}" if verdict == "raised" and what else WORDS.get(verdict, diagnosis)


def _told(them: Class, mistake: Mistake, who: Sequence[int]) -> tuple[str, str]:
    """What it is, and what a student was told: that may quote what the hand-in said, so perhaps a name."""
    said = (mistake.says or in_words(mistake.diagnosis), mistake.sentence)
    if not them.anonymous:
        return said
    students = [them.people[each].line.student for each in who]
    says, sentence = (each if names_nobody(each, students) else "" for each in said)
    return says or "a mistake", sentence


def people(them: Class, places: Sequence[int], key: str, label: str) -> str:
    """The first few, and a button that shows all of them."""
    shown = ", ".join(named(them.people[place]) for place in places[:PEOPLE])
    more = f" and {many(len(places) - PEOPLE, 'other')}" if len(places) > PEOPLE else ""
    return paragraph(f"{shown}{more} {button(key, label, len(places))}" if places else "", "people")
