"""The dashboard where it is read: it sorts, filters and turns pages, by keyboard too; nothing complains."""

import pytest
from browser import CHROMIUM, browser
from gradebooks import made

from grader.report.dashboard import dashboard
from grader.report.escape import printable
from grader.report.people import class_of
from grader.report.register import LONGEST

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

CLASS = made(260, seed=3)
PEOPLE = class_of(CLASS).people
NAMES = "Array.from(document.querySelectorAll('#rows tr th'), cell => cell.textContent)"
SCORES = "Array.from(document.querySelectorAll('#rows td.number'), cell => cell.textContent)"
COUNT = "document.getElementById('count').textContent"
FOCUS = "document.activeElement.id || document.activeElement.textContent"


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def page(tab, tmp_path):
    """The dashboard, open in a tab; nothing of it may complain, or ask for anything but itself."""
    path = tmp_path / "dashboard.html"
    path.write_text(dashboard(CLASS), encoding="utf-8")
    tab.open(path.as_uri())
    yield tab
    assert tab.complaints == []
    assert tab.requests == [path.as_uri()]


def click(page, selector):
    page.run(f"document.querySelector({selector!r}).click()")


def choose(page, id_, value):
    page.run(
        f"(node => {{ node.value = {value!r}; node.dispatchEvent(new Event('change')); }})"
        f"(document.getElementById({id_!r}))"
    )


def find(page, text):
    page.run(
        f"(node => {{ node.value = {text!r}; node.dispatchEvent(new Event('input')); }})"
        "(document.getElementById('find'))"
    )


def sorts(page):
    return page.run(
        "Object.fromEntries(Array.from(document.querySelectorAll('th[aria-sort]'),"
        " head => [head.dataset.key, head.getAttribute('aria-sort')]))"
    )


def test_the_rows_are_those_that_were_there_before_the_script(page):
    """Row by row the same markup, so that nothing jumps."""
    static = dashboard(CLASS).partition('<tbody id="rows">')[2].partition("</tbody>")[0].strip().split("\n")
    then = page.run("Array.from(document.querySelectorAll('#rows tr'), row => row.outerHTML)")
    assert [unquoted(row) for row in then[: len(static)]] == [unquoted(row) for row in static]


def unquoted(html):
    """A browser escapes fewer quotes than Python does."""
    return html.replace("&quot;", '"').replace("&#x27;", "'")


def test_it_begins_with_the_first_hundred_by_name(page):
    assert page.run(NAMES) == [printable(person.name, LONGEST) for person in PEOPLE[:100]]
    assert page.run(COUNT) == "260 of 260 students; these are 1 to 100"
    assert sorts(page) == {"name": "ascending"}
    assert page.run("document.getElementById('pages').hidden") is False


def test_a_header_sorts_up_then_down_and_who_has_no_score_is_last(page):
    known = sorted(float(person.score) for person in PEOPLE if person.score is not None)
    missing = [person for person in PEOPLE if person.score is None]
    assert missing
    click(page, "th[data-key=score] button")
    assert sorts(page) == {"score": "ascending"}
    assert [float(score) for score in page.run(SCORES)] == known[:100]
    click(page, "th[data-key=score] button")
    assert sorts(page) == {"score": "descending"}
    assert [float(score) for score in page.run(SCORES)] == known[::-1][:100]
    click(page, "#next")
    click(page, "#next")
    assert page.run(SCORES)[-len(missing) :] == ["–"] * len(missing)
    click(page, "th[data-key=id] button")
    assert page.run("document.querySelector('#rows td.id').textContent") == "200000000"


def test_searching_knows_neither_case_nor_accents(page):
    find(page, "ZOE")
    found = page.run(NAMES)
    assert found and all("Zoë" in name for name in found)
    assert len(found) == sum("Zoë" in person.name for person in PEOPLE)
    find(page, "200000017")
    assert page.run(COUNT) == "1 of 260 students"
    find(page, "nobody at all")
    assert page.run(COUNT) == "0 of 260 students" and page.run(NAMES) == []
    assert page.run("document.getElementById('pages').hidden") is True


def test_filters_leave_whom_they_name(page):
    choose(page, "flag", "1")
    late = [person for person in PEOPLE if person.line.late]
    assert page.run(COUNT) == f"{len(late)} of 260 students"
    choose(page, "flag", "0")
    choose(page, "failed", "0")
    failing = [
        person
        for person in PEOPLE
        if person.score is not None and person.line.marks[0].verdict not in ("right", "imprecise")
    ]
    assert page.run(COUNT).startswith(f"{len(failing)} of 260 students")


def test_a_mistakes_button_shows_who_made_it_and_another_everybody(page):
    label, count = page.run(
        "(button => { button.click(); return [button.dataset.label, button.textContent]; })"
        "(document.querySelector('button[data-set=mistake-0]'))"
    )
    assert page.run("document.getElementById('label').textContent") == label
    assert page.run(COUNT).startswith(f"{count.split()[2]} of 260 students")
    assert page.run(FOCUS) == "all"
    click(page, "#all")
    assert page.run(COUNT).startswith("260 of 260") and page.run(FOCUS) == "find"
    assert page.run("document.getElementById('only').hidden") is True


def test_everything_can_be_done_with_the_keyboard(page):
    page.run("document.getElementById('find').focus()")
    seen = []
    for _ in range(8):
        page.press("Tab")
        seen.append(page.run(FOCUS))
    assert seen[:2] == ["flag", "failed"] and seen[3:8] == ["Student", "Id", "Score", "Late", "Functions"]
    page.press("Enter")
    assert sorts(page) == {"passed": "ascending"}
    outline = page.run("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_last_page_keeps_the_focus_on_a_button_that_works(page):
    for _ in range(2):
        page.run("document.getElementById('next').focus()")
        click(page, "#next")
    assert page.run(COUNT) == "260 of 260 students; these are 201 to 260"
    assert page.run(FOCUS) == "previous"
    assert page.run("document.getElementById('next').disabled") is True


def test_no_other_script_runs(page, tmp_path):
    """The policy stops what would have come into the page, and texts that would become markup."""
    planted = tmp_path / "planted.html"
    evil = '<script>document.title = "owned"</script><b onclick="document.title = \'owned\'">x</b>'
    text = dashboard(CLASS).replace("<main>", f"<main>{evil}", 1)
    planted.write_text(text, encoding="utf-8")
    page.open(planted.as_uri())
    page.run("document.querySelector('main b').click()")
    assert page.run("document.title") == CLASS.title
    assert len(page.complaints) == 2
    refused = page.run("try { document.body.innerHTML = '<i>x</i>'; 'done' } catch (error) { error.name }")
    assert refused == "TypeError"
    page.open((tmp_path / "dashboard.html").as_uri())
