"""What somebody should look into: slow hand-ins, scores that changed, intake, hand-ins that are the same.

Where a list could be as long as the class its beginning is shown, and a button puts all of it into the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import median

from grader.batch.gradebook import NOT_YET, Similar, Unsteady
from grader.report.elements import (
    FEW,
    MOST,
    NONE,
    button,
    duration,
    folded,
    left_out,
    long_table,
    many,
    paragraph,
    percent,
    section,
    text,
)
from grader.report.mistakes import people
from grader.report.people import Class, Person
from grader.report.register import LONGEST, has_moved, named
from grader.report.text import number

SLOW = 5  # times the median
SIDE_BY_SIDE = "similar.html"
FUNCTIONS, SHARING = 5, 3  # names in a cell
IDENTICAL = "The same, byte for byte. An unchanged starter file is no copy."
UNSTEADY = (
    "The same code and the same inputs, another outcome; the first that did not time out counts. Look for "
    "random numbers or the time in the code, and for an overloaded machine."
)
COMMON = (
    "Code that has much in common beyond the template, whatever its variables are called: as a share of what "
    "is uncommon about the shorter one's. That proves nothing: short functions are alike by nature."
)


# ---- time ------------------------------------------------------------------------------------


def slow(them: Class) -> str:
    """Hand-ins that were stopped, then those that took far longer than most; a group's is one."""
    stopped = _by_entry(them, lambda person: person.line.timed_out)
    limit = _limit(them)
    far = _by_entry(them, lambda person: not person.line.timed_out and person.line.seconds > limit)
    far.sort(key=lambda places: -them.people[places[0]].line.seconds)
    rows = [
        (_names(them, places), said, duration(them.people[places[0]].line.seconds))
        for said, groups in (("timed out", stopped), ("slow", far))
        for places in groups
    ]
    late = _timed_out(them)
    return section(
        "slow",
        "Slow and timed out",
        _counted("timed out", late, f"{many(len(late), 'student')} had code that was stopped."),
        long_table({"Student": "", "": "quiet", "Took": "number"}, rows),
    )


def _timed_out(them: Class) -> list[int]:
    return [place for place, person in enumerate(them.people) if person.line.timed_out]


def _limit(them: Class) -> float:
    """Seconds above which a hand-in is slow."""
    times = [person.line.seconds for person in them.people if person.line.status == "graded"]
    middle = median(times) if times else 0.0
    return SLOW * middle if middle > 0 else float("inf")


def _by_entry(them: Class, wanted: Callable[[Person], bool]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for place, person in enumerate(them.people):
        if wanted(person):
            groups.setdefault(person.line.entry, []).append(place)
    return list(groups.values())


def _names(them: Class, places: Iterable[int]) -> str:
    return ", ".join(named(them.people[place]) for place in places)


# ---- against the last run --------------------------------------------------------------------


def changes(them: Class) -> str:
    """Whose score is another now, those who lost first, with why; that may name who set it."""
    moved = losers_first(them)
    if not moved:
        return ""
    lost = sum(change(person) < 0 for person in moved)
    said = f"{many(len(moved), 'score')} changed since the last run, {lost:,} for the worse."
    heads = {"Student": "", "Before": "number", "Now": "number", "Change": "number"}
    heads |= {} if them.anonymous else {"Why": ""}
    rows = [(*_change(p), *([] if them.anonymous else [text(p.line.moved)])) for p in moved]
    more = button("moved", "score changed", len(moved)) if len(moved) > FEW else ""
    return section(
        "changes", "Changes against the last run", paragraph(f"{said} {more}"), long_table(heads, rows)
    )


def _change(person: Person) -> Sequence[str]:
    return named(person), _score(person.line.before), _score(person.score), _signed(person)


def losers_first(them: Class) -> list[Person]:
    return sorted((person for person in them.people if has_moved(person.line)), key=change)


def change(person: Person) -> Decimal:
    """A score that is gone is the greatest loss."""
    before = person.line.before
    return Decimal("-Infinity") if person.score is None or before is None else person.score - before


def _signed(person: Person) -> str:
    by = change(person)
    if not by.is_finite():
        return '<span class="sign wrong">✗ lost</span>'
    return f"+{number(by)}" if by > 0 else f"−{number(-by)}"


def _score(score: Decimal | None) -> str:
    return NONE if score is None else number(score)


# ---- the export ------------------------------------------------------------------------------


def intake(them: Class) -> str:
    """Who has no grade, and files that are nobody's. Reasons hold names of files, and these of people."""
    failed, empty, waiting = (them.where(status) for status in ("failed", "empty", NOT_YET))
    ignored = them.gradebook.ignored
    rows = [
        (named(person), sign, text(person.line.reason))
        for places, sign in (
            (failed, '<span class="sign wrong">✗ not graded</span>'),
            (empty, '<span class="sign nothing">– nothing to grade</span>'),
        )
        for person in (them.people[place] for place in places)
    ]
    files = [(f"<bdi>{text(each.path, 300)}</bdi>", text(each.why)) for each in ignored]
    is_known = not them.anonymous
    return section(
        "intake",
        "Intake",
        _counted("failed", failed, many(len(failed), "student") + " could not be graded."),
        _counted(
            NOT_YET, waiting, many(len(waiting), "student") + " not graded yet: left out or not reached."
        ),
        _counted("empty", empty, many(len(empty), "student") + " handed in nothing that can be graded."),
        long_table({"Student": "", "": "", "Why": ""}, rows) if is_known else "",
        paragraph(
            f"{many(len(ignored), 'file or folder', 'files or folders')} of nobody's." if ignored else ""
        ),
        long_table({"File or folder": "code", "Why it is nobody's": ""}, files) if is_known else "",
    )


def _counted(key: str, places: Sequence[int], said: str) -> str:
    return paragraph(f"{said} {button(key, said, len(places))}") if places else ""


def unsteady(them: Class) -> str:
    """What came out differently when it was graded again."""
    rows = [
        (text(each.function), _names(them, them.found(each.students)), text(_verdicts(each)))
        for each in them.gradebook.unsteady
    ]
    found = long_table({"Function": "", "Students": "", "Verdicts": ""}, rows)
    return section("unsteady", "Graded twice, and different", found and paragraph(UNSTEADY, "quiet"), found)


def _verdicts(unsteady: Unsteady) -> str:
    same = len(set(unsteady.verdicts)) == 1
    return f"{unsteady.verdicts[0]}, otherwise" if same else ", then ".join(unsteady.verdicts)


# ---- the same code ---------------------------------------------------------------------------


def alike(them: Class) -> str:
    """Groups whose hand-ins are the same, the largest first."""
    groups = identical(them)
    if not groups:
        return ""
    shown = [
        f"<li>{people(them, places, f'alike-{place}', 'identical hand-ins')}</li>"
        for place, places in enumerate(groups[:MOST])
    ]
    more = folded(
        [f'<ul class="groups">{"".join(shown[FEW:])}</ul>'] if shown[FEW:] else [], len(groups) - FEW
    )
    return section(
        "alike",
        "Identical hand-ins",
        paragraph(IDENTICAL, "quiet"),
        f'<ul class="groups">{"".join(shown[:FEW])}</ul>',
        more,
        left_out(len(groups)),
    )


def identical(them: Class) -> list[list[int]]:
    return sorted(map(them.found, them.gradebook.alike), key=lambda places: (-len(places), places))


def similar(them: Class) -> str:
    """Pairs, the most similar first; nothing where nobody asked."""
    pairs = them.gradebook.similar
    if pairs is None:
        return ""
    known = [
        (place, pair)
        for place, pair in enumerate(pairs, start=1)
        if {pair.one, pair.other} <= them.places.keys()
    ]
    rows = [_pair(them, *each) for each in sorted(known, key=lambda each: -each[1].share)]
    heads = {"One": "who", "The other": "who", "In common": "number", "Functions": ""}
    heads |= {} if them.anonymous else {"Code": "name"}
    return section(
        "similar",
        "Similar hand-ins",
        paragraph(COMMON, "quiet"),
        long_table(heads, rows) or paragraph("None was found."),
        _uncompared(them),
    )


def _pair(them: Class, place: int, pair: Similar) -> Sequence[str]:
    """Who has the one, who has the other, how much, where, and a link to both side by side."""
    one, other = (with_it(them, each) for each in (pair.one, pair.other))
    link = f'<a href="{SIDE_BY_SIDE}#pair-{place}">side by side</a>'
    return one, other, percent(pair.share), functions(pair), *([] if them.anonymous else [link])


def functions(pair: Similar) -> str:
    """The first few in which two have something in common."""
    named = ", ".join(f"<code>{text(name, LONGEST)}</code>" for name in pair.functions[:FUNCTIONS])
    rest = len(pair.functions) - FUNCTIONS
    return f"{named} and {many(rest, 'other')}" if rest > 0 else named


def with_it(them: Class, student: str) -> str:
    """The student, and who else has handed in the same."""
    hand_in = them.people[them.places[student]].line.hand_in
    places = [
        place
        for place, person in enumerate(them.people)
        if person.line.student.id == student or (hand_in and person.line.hand_in == hand_in)
    ]
    more = f" and {many(len(places) - SHARING, 'other')}" if len(places) > SHARING else ""
    return f"{_names(them, places[:SHARING])}{more}"


def _uncompared(them: Class) -> str:
    """Who is not among them although the code is; a reason may hold a name."""
    found = [each for each in them.gradebook.uncompared if each.student in them.places]
    if not found:
        return ""
    rows = [(named(them.people[them.places[each.student]]), text(each.why)) for each in found]
    said = f"{many(len(found), 'hand-in')} could not be compared, or not all of it."
    return paragraph(said) + ("" if them.anonymous else f"\n{long_table({'Student': '', 'Why': ''}, rows)}")


def sets(them: Class) -> Iterator[tuple[str, list[int]]]:
    """Whom the buttons here show."""
    for place, places in enumerate(identical(them)[:MOST]):
        yield f"alike-{place}", places
    yield "moved", them.found(person.line.student.id for person in losers_first(them))
    yield "timed out", _timed_out(them)
    yield "failed", them.where("failed")
    yield "empty", them.where("empty")
    yield NOT_YET, them.where(NOT_YET)
