"""The dashboard's file: everybody in it, every text harmless, one script of ours, small at any size."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from gradebooks import HOSTILE, made
from hypothesis import given, settings
from nasty import TEXTS, everywhere, harm, pile, texts
from pages import Tree

from grader.batch.gradebook import Mark, Mistake, Similar, Uncompared, Unsteady
from grader.batch.roster import Ignored, Student
from grader.compare import Verdict
from grader.report.concerns import change, losers_first
from grader.report.dashboard import dashboard
from grader.report.document import digest, document
from grader.report.elements import FEW, MOST, duration, percent
from grader.report.escape import MAX_MARKS, printable
from grader.report.mistakes import WORDS, frequent, in_words, unexplained
from grader.report.people import class_of
from grader.report.register import FIRST, LONGEST, REMARKS, data, flags
from grader.report.script import SCRIPT

CLASS = made(150, seed=3)
SMALL = replace(
    made(2),
    mistakes=(Mistake("grad_v", "wrong:sign", "a sign is wrong", ("200000000",), "It is −1.", "grad_v(1)"),),
    ignored=(Ignored("stray.py", "nobody has this name"),),
    alike=(("200000000", "200000001"),),
    similar=(Similar("200000000", "200000001", 0.9, ("grad_v", "grad_U")),),
    uncompared=(Uncompared("200000001", "cell 3 cannot be parsed"),),
)


@pytest.fixture(scope="module")
def whole():
    return dashboard(CLASS)


def in_it(page):
    """The data that the script reads."""
    (text,) = re.findall('<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def sections(page):
    return dict(re.findall('<section id="([a-z]+)">(.*?)</section>', page, re.DOTALL))


def plain(html):
    """What is said in it, word by word."""
    return " ".join(" ".join(Tree(html).texts).split())


# ---- the file --------------------------------------------------------------------------------


def test_the_policy_allows_our_script_and_no_other(whole):
    scripts = re.findall("<script>(.*?)</script>", whole, re.DOTALL)
    assert scripts == [SCRIPT]
    hashed = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', whole)
    directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == f"'sha256-{hashed}'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert {"connect-src", "frame-src", "object-src"}.isdisjoint(directives)


def test_a_page_without_a_script_allows_none():
    page = document("a", "", "b")
    assert "script" not in page


@pytest.mark.parametrize("script", ["a</script>b", "a<!--b", "a\r\nb", "a\0b"])
def test_a_script_that_a_browser_would_read_otherwise_is_refused(script):
    with pytest.raises(AssertionError):
        document("a", "", "b", script)


def test_the_digest_is_of_the_text():
    assert digest("alert(1)") == "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"


@pytest.mark.parametrize("anonymize", [False, True])
def test_it_loads_nothing(anonymize):
    tree = Tree(dashboard(CLASS, anonymize=anonymize))
    addresses = [
        value for name, value in tree.attributes if name in ("src", "href", "action", "data", "xlink:href")
    ]
    assert addresses
    assert all(
        re.match(r"#[a-z]+$|feedback/[\w%.-]+\.html$|similar\.html#pair-\d+$", value) for value in addresses
    )
    assert set(tree.tags).isdisjoint({"link", "img", "iframe", "object", "embed", "base", "form"})
    assert not any(name.startswith("on") for name, _ in tree.attributes)
    styles = [value for name, value in tree.attributes if name == "style"]
    assert not any("url" in value for value in styles)
    assert "url(" not in dashboard(SMALL) and "@import" not in dashboard(SMALL)


def test_it_is_small_for_a_class_of_20_000():
    assert len(dashboard(made(20_000, seed=1)).encode()) < 10_000_000


# ---- what it says ----------------------------------------------------------------------------


def test_its_parts_are_in_order(whole):
    expected = [
        "scores",
        "functions",
        "mistakes",
        "slow",
        "changes",
        "intake",
        "alike",
        "similar",
        "students",
    ]
    assert list(sections(whole)) == expected
    linked = re.findall('<a href="#([a-z]+)">', whole)
    assert linked == expected


def test_the_headline_counts(whole):
    text = plain(whole.partition("<header>")[2].partition("</header>")[0])
    statuses = [line.status for line in CLASS.lines]
    counted = [
        ("graded", statuses.count("graded")),
        ("graded earlier", sum(line.cached for line in CLASS.lines)),
        ("nothing to grade", statuses.count("empty")),
        ("not graded", statuses.count("failed")),
        ("timed out", sum(line.timed_out for line in CLASS.lines)),
        ("late", sum(line.late for line in CLASS.lines)),
    ]
    assert all(f"{said} {count} " in text for said, count in counted)
    assert all(count for _, count in counted)
    for part in ("3.7 s on 2 lanes", "isolation: uid+landlock7+seccomp+rlimits", "2026-11-23 12:49"):
        assert part in text


def test_every_function_has_a_row_and_the_suspect_one_is_marked(whole):
    table = sections(whole)["functions"]
    rows = [plain(row) for row in re.findall("<tr>(.*?)</tr>", table, re.DOTALL)][1:]
    assert [row.split()[1] for row in rows] == [each.name for each in CLASS.functions]
    assert [row.split()[1] for row in rows if "✗ suspect" in row] == ["derivative_shape"]


def test_mistakes_are_by_how_many_made_them_and_what_nothing_explains_is_apart(whole):
    found = frequent(CLASS)
    counts = [len(each.students) for each in found]
    assert counts == sorted(counts, reverse=True)
    assert all(each.says for each in found)
    part, _, rest = sections(whole)["mistakes"].partition("<h3>")
    shown = re.findall('<details class="mistake"><summary>(.*?)</summary>', part, re.DOTALL)
    assert [plain(each) for each in shown] == [
        f"{len(each.students)} {each.function} {each.says}" for each in found[:MOST]
    ]
    assert {each.diagnosis for each in unexplained(CLASS)} >= {"missing", "timed out", "wrong"}
    lines = [
        plain(each)
        for each in re.findall('<details class="mistake"><summary>(.*?)</summary>', rest, re.DOTALL)
    ]
    assert lines == [
        f"{len(each.students)} {each.function} {in_words(each.diagnosis)}"
        for each in unexplained(CLASS)[:MOST]
    ]


def test_a_verdict_is_said_in_words():
    told = {verdict.value for verdict in Verdict} - {"right", "unchecked"}
    assert told == WORDS.keys()
    assert in_words("raised:TypeError") == "it raises TypeError"
    assert in_words("raised") == "it raises an exception"


def test_without_a_mistake_to_talk_about_that_is_said():
    late = Mistake("grad_v", "timed out", "", ("200000000",))
    text = plain(sections(dashboard(replace(SMALL, mistakes=(late,))))["mistakes"])
    assert "None that could be explained." in text and "it does not come to an end" in text


def test_a_mistake_opens_to_who_made_it_what_was_told_and_the_example():
    inside = plain(sections(dashboard(SMALL))["mistakes"])
    (first, _) = (line.student.name for line in SMALL.lines)
    for part in ("It is −1.", "to paste into Python: grad_v(1)", first):
        assert part in inside
    hidden = replace(SMALL, mistakes=(replace(SMALL.mistakes[0], sentence="", example=""),))
    assert "Only hidden cases show it." in plain(sections(dashboard(hidden))["mistakes"])


def test_losers_are_first_and_a_lost_score_is_the_greatest_loss():
    scores = {"a": (5, 7), "b": (9, 3), "c": (None, 4), "d": (4, 4), "e": (4, 5), "f": (3, None)}
    lines = [
        replace(
            SMALL.lines[0],
            student=Student(name, name),
            status="failed" if now is None else "graded",
            marks=() if now is None else (Mark("right", Decimal(now)),),
            before=None if before is None else Decimal(before),
        )
        for name, (now, before) in scores.items()
    ]
    moved = losers_first(class_of(replace(SMALL, lines=tuple(lines))))
    assert [person.name for person in moved] == ["c", "a", "e", "b"]
    assert [str(change(person)) for person in moved] == ["-Infinity", "-2", "-1", "6"]


def test_intake_tells_who_has_no_grade_and_why_and_what_is_nobodys(whole):
    text = plain(sections(whole)["intake"])
    assert text.count("✗ not graded") == sum(line.status == "failed" for line in CLASS.lines)
    assert "hw2.py is not among the files." in text and "../../etc/passwd" in text


def test_who_is_not_graded_yet_is_not_told_as_failed_or_as_lost():
    lines = [replace(line, status="not yet", marks=(), before=Decimal(3)) for line in SMALL.lines[:2]]
    text = dashboard(replace(SMALL, lines=(*lines, *SMALL.lines[2:])))
    assert "2 students not graded yet: left out" in text
    assert "<dt>not graded yet</dt><dd>2</dd>" in text
    assert "✗ lost" not in text and "<dt>not graded yet</dt>" not in dashboard(SMALL)


def test_what_came_out_differently_is_a_part_of_its_own_and_else_there_is_none():
    one, other = (line.student.id for line in SMALL.lines[:2])
    twice = (Unsteady("grad_v", (one,), ("wrong", "right")), Unsteady("grad_U", (other,), ("wrong", "wrong")))
    told = plain(sections(dashboard(replace(SMALL, unsteady=twice)))["unsteady"])
    assert "wrong, then right" in told
    assert "wrong, otherwise" in told
    assert "unsteady" not in sections(dashboard(SMALL))


def test_it_says_where_it_was_graded():
    assert "on 2 lanes." in plain(dashboard(on(2)))
    assert "on a cluster." in plain(dashboard(on(0)))


def on(lanes):
    return replace(SMALL, circumstances=replace(SMALL.circumstances, lanes=lanes))


def test_two_of_one_name_are_told_apart_by_their_ids():
    one, *_ = SMALL.lines
    names = {"s1": "Ada Smith", "s2": "Ada Smith", "s3": "Eve Single"}
    students = (replace(one.student, id=own, name=name) for own, name in names.items())
    page = dashboard(replace(SMALL, lines=tuple(replace(one, student=each) for each in students)))
    assert "Ada Smith (s1)" in page and "Ada Smith (s2)" in page
    assert "Eve Single" in page and "Eve Single (" not in page


def test_similar_is_there_only_where_somebody_asked_and_accuses_nobody(whole):
    assert "similar" not in sections(dashboard(replace(SMALL, similar=None)))
    assert "None was found." in plain(sections(dashboard(replace(SMALL, similar=())))["similar"])
    part = sections(dashboard(SMALL))["similar"]
    assert "90 % grad_v , grad_U side by side" in plain(part)
    assert 'href="similar.html#pair-1"' in part and "cell 3 cannot be parsed" in plain(part)
    assert not re.search("cheat|plagiar|copied", whole, re.IGNORECASE)


def test_who_has_the_same_hand_in_is_named_beside_the_one_who_stands_for_it():
    several = made(8)
    lines = [replace(line, hand_in="one" if n < 5 else f"{n}") for n, line in enumerate(several.lines)]
    ids = [line.student.id for line in lines]
    pair = replace(several, lines=tuple(lines), similar=(Similar(ids[0], ids[7], 0.9),))
    assert "and 2 others" in plain(sections(dashboard(pair))["similar"])


def test_without_names_there_is_no_link_to_code_and_no_reason():
    part = sections(dashboard(SMALL, anonymize=True))["similar"]
    assert "90 % grad_v" in plain(part) and "1 hand-in could not be compared" in plain(part)
    assert "similar.html" not in part and "cell 3" not in part


def test_groups_of_the_same_code_are_named():
    text = plain(sections(dashboard(SMALL))["alike"])
    assert all(printable(line.student.name, LONGEST) in text for line in SMALL.lines)


def test_who_was_stopped_or_took_far_longer_is_named(whole):
    text = plain(sections(whole)["slow"])
    groups = {line.entry for line in CLASS.lines if line.timed_out}
    assert len(re.findall(r" timed out \d+\.", text)) == min(len(groups), MOST)
    assert re.search(r" slow (1\.9|2\.0) s", text)


def test_nothing_graded_is_a_page_too():
    lines = tuple(replace(line, status="failed", marks=()) for line in SMALL.lines)
    assert "Nothing was graded." in dashboard(replace(SMALL, lines=lines, mistakes=()))
    assert "0 students" in plain(
        dashboard(replace(SMALL, lines=())).partition("<header>")[2].partition("</header>")[0]
    )


# ---- the table of students -------------------------------------------------------------------


def test_everybody_is_in_the_table(whole):
    """However many there are: the script's rows are these, in order."""
    told, them = in_it(whole), class_of(CLASS)
    assert told["names"] == [printable(person.name, LONGEST) for person in them.people]
    assert told["ids"] == [person.line.student.id for person in them.people]
    assert sorted(told["ids"]) == sorted(line.student.id for line in CLASS.lines)
    assert told["links"] == [f"feedback/{person.line.page}.html" for person in them.people]
    assert {len(told[key]) for key in ("names", "ids", "links", "by_id", "scores", "flags", "strips")} == {
        150
    }


def test_its_scores_are_those_of_the_gradebook(whole):
    told = in_it(whole)
    expected = {line.student.id: line.score for line in CLASS.lines}
    for id_, score in zip(told["ids"], told["scores"], strict=True):
        assert score is None if expected[id_] is None else Decimal(str(score)) == expected[id_]


def test_a_letter_stands_for_every_verdict(whole):
    told = in_it(whole)
    kinds = dict(zip(told["alphabet"], told["kinds"], strict=True))
    by_id = dict(zip(told["ids"], told["strips"], strict=True))
    for line in CLASS.lines:
        said = [kinds[letter] for letter in by_id[line.student.id]]
        marks = line.marks if line.status != "failed" else ()
        assert [word.partition(", ")[0] for _, _, word, _ in said] == [mark.verdict for mark in marks]
        assert [passes for *_, passes in said] == [mark.verdict in ("right", "imprecise") for mark in marks]
        assert [", set by hand" in word for _, _, word, _ in said] == [bool(mark.set_by) for mark in marks]
    assert {sign for _, sign, _, _ in told["kinds"]} == {"✓", "≈", "✗", "–"}


def test_ids_sort_by_their_rank(whole):
    told = in_it(whole)
    ranked = sorted(range(150), key=told["by_id"].__getitem__)
    ids = [int(told["ids"][place]) for place in ranked]
    assert ids == sorted(ids)


def test_the_rank_of_an_id_goes_by_the_numbers_in_it():
    lines = [
        replace(SMALL.lines[0], student=Student(id_, f"{n}")) for n, id_ in enumerate(("s10", "s9", "s2"))
    ]
    assert json.loads(data(class_of(replace(SMALL, lines=tuple(lines))), {}))["by_id"] == [2, 1, 0]


def test_remarks_are_bits_of_their_own():
    line = replace(SMALL.lines[0], late=False, timed_out=False, before=None, status="graded")
    plain_one = replace(line, marks=(Mark("right", Decimal(1)),))
    assert flags(plain_one) == 0
    changed = [
        replace(plain_one, late=True),
        replace(plain_one, status="empty"),
        replace(plain_one, status="failed"),
        replace(plain_one, timed_out=True),
        replace(plain_one, before=Decimal(2)),
        replace(plain_one, marks=(Mark("right", Decimal(1), "", "Grace: yes"),)),
        replace(plain_one, status="not yet"),
    ]
    assert [flags(each) for each in changed] == [1, 2, 4, 8, 16, 32, 64]
    assert flags(replace(plain_one, before=Decimal("1.0"))) == 0
    assert set(REMARKS) == {2, 4, 8, 16, 32, 64}


def test_a_button_shows_those_that_it_counts(whole):
    told = in_it(whole)
    buttons = re.findall(r'data-set="([\w -]+)"[^>]*>Show (?:all ([\d,]+)|this student) below', whole)
    assert buttons and {key for key, _ in buttons} <= set(told["sets"])
    for key, count in buttons:
        assert len(told["sets"][key]) == int((count or "1").replace(",", ""))
    first = frequent(CLASS)[0]
    assert {told["ids"][place] for place in told["sets"]["mistake-0"]} == set(first.students)


def test_the_first_rows_are_there_without_a_script(whole):
    body = whole.partition('<tbody id="rows">')[2].partition("</tbody>")[0]
    rows = re.findall("<tr>(.*?)</tr>", body)
    assert len(rows) == FIRST
    people = class_of(CLASS).people[:FIRST]
    for row, person in zip(rows, people, strict=True):
        assert printable(person.name, LONGEST) in Tree(row).said and person.id in Tree(row).said
        assert row.count("<i ") == (20 if person.score is not None else 0)
    note = f"Without JavaScript these are the first {FIRST} of 150 students"
    assert note in whole.partition("<noscript>")[2].partition("</noscript>")[0]


def test_headers_are_buttons_and_controls_have_labels(whole):
    heads = re.findall(r'<th scope="col" data-key="(\w+)"><button type="button" disabled>', whole)
    assert heads == ["name", "id", "score", "late", "passed"]
    assert len(re.findall("<label>[^<]+(?:<input|<select)", whole)) == 3
    assert 'role="status"' in whole and 'lang="en"' in whole


def test_long_lists_are_folded_and_very_long_ones_say_so():
    ignored = tuple(Ignored(f"stray {n}.py", "nobody's") for n in range(MOST + 7))
    part = sections(dashboard(replace(SMALL, ignored=ignored)))["intake"]
    before, _, after = part.partition("<details")
    assert before.count("stray ") == FEW and after.count("stray ") == MOST - FEW
    assert "7 further ones left out here." in part


# ---- without names ---------------------------------------------------------------------------


def marked(gradebook):
    """The same class, with a word of their own in all that could tell who somebody is."""
    lines = [
        replace(
            line,
            student=Student(f"ID{n}secret", f"NAME{n}secret", f"MAIL{n}secret@x", f"SID{n}secret"),
            entry=f"ENTRY{n}secret",
            reason=f"NAME{n}secret.py is no file",
            page=f"PAGE{n}secret",
            hand_in=f"DIGEST{n}secret",
            handed_in=f"TIME{n}secret",
            moved=f"NAME{n}secret asked",
            marks=tuple(replace(mark, set_by=mark.set_by and f"TA{n}secret: why") for mark in line.marks),
        )
        for n, line in enumerate(gradebook.lines)
    ]
    names = {old.student.id: new.student.id for old, new in zip(gradebook.lines, lines, strict=True)}
    mistakes = [
        replace(
            mistake,
            students=tuple(names[each] for each in mistake.students),
            sentence=f"It raises ValueError: {names[mistake.students[0]].replace('ID', 'NAME')}",
        )
        for mistake in gradebook.mistakes
    ]
    return replace(
        gradebook,
        lines=tuple(lines),
        mistakes=tuple(mistakes),
        ignored=tuple(Ignored("PATHsecret", "WHYsecret") for _ in gradebook.ignored),
        alike=tuple(tuple(names[each] for each in group) for group in gradebook.alike),
        unsteady=(Unsteady("grad_v", (lines[0].student.id,), ("wrong", "right")),),
        similar=tuple(
            replace(pair, one=names[pair.one], other=names[pair.other]) for pair in gradebook.similar or ()
        ),
        uncompared=tuple(
            replace(each, student=names[each.student], why="WHYsecret") for each in gradebook.uncompared
        ),
    )


def test_without_names_nothing_tells_who_anybody_is():
    hidden = marked(CLASS)
    page = dashboard(hidden, anonymize=True)
    assert "secret" in dashboard(hidden) and "secret" not in page
    assert "feedback/" not in page
    told = in_it(page)
    assert told["names"] == [f"Student {n:03}" for n in range(1, 151)]
    assert told["ids"] == told["links"] == []


def test_without_names_the_rest_is_as_it_was():
    named, nameless = sections(dashboard(CLASS)), sections(dashboard(CLASS, anonymize=True))
    assert named.keys() == nameless.keys()
    assert (named["scores"], named["functions"]) == (nameless["scores"], nameless["functions"])
    assert plain(named["mistakes"]).count("On 9 of 14") == plain(nameless["mistakes"]).count("On 9 of 14")


# ---- every text is harmless ------------------------------------------------------------------


class Shown(Tree):
    """What a reader sees: not the script, not its data, not the style."""

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            super().handle_data(data)


def is_harmless(text):
    hostile = replace(everywhere(SMALL, text), functions=everywhere(SMALL.functions[:2], text))
    lines = [
        replace(line, status=status, timed_out=True, late=True, before=Decimal(1))
        for line, status in zip(hostile.lines, ("graded", "failed"), strict=True)
    ]
    page = dashboard(replace(hostile, lines=tuple(lines)))
    tree = Shown(page)
    assert [tag for tag in tree.tags if tag == "script"] == ["script", "script"]
    assert set(tree.tags).isdisjoint({"img", "iframe", "b", "link", "form"})
    assert harm(tree.said, kept="\n\t") == set() and pile(tree.said) <= MAX_MARKS
    assert not any(name.startswith("on") for name, _ in tree.attributes)
    for name in in_it(page)["names"]:
        assert harm(name) == set()
    page.encode()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_acts_or_hides(text):
    is_harmless(text)


@settings(derandomize=True, deadline=None, database=None, max_examples=25)
@given(texts)
def test_no_text_that_can_be_thought_of_does(text):
    is_harmless(text)


def test_the_made_class_has_the_hostile_names(whole):
    names = in_it(whole)["names"]
    assert all(printable(name, LONGEST) in names for name in HOSTILE)


# ---- small things ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.00 s"),
        (0.444, "0.44 s"),
        (1.26, "1.3 s"),
        (24, "24 s"),
        (60, "1 min"),
        (125.2, "2 min 5 s"),
        (4321, "1 h 12 min"),
    ],
)
def test_a_duration_is_read_at_a_glance(seconds, expected):
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0 %"), (1, "100 %"), (0.001, "1 %"), (0.999, "99 %"), (0.345, "34 %")]
)
def test_a_part_is_never_all_or_nothing(share, expected):
    assert percent(share) == expected


def test_the_data_are_compact():
    """Some 120 bytes for a student of 20 functions, whose page's name is the longest of it."""
    them = class_of(made(2000, seed=1))
    assert len(data(them, {})) / 2000 < 170
