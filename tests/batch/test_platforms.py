"""How each platform writes a class: names, groups, late ones, and what is odd."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from exports import HandIn, made, zipped
from gradebooks import made as gradebook

from grader.batch.batch import Request, summary
from grader.batch.exports import metadata
from grader.batch.exports.intake import NAMES, read_export
from grader.batch.plan import Plan
from grader.batch.roster import Export, Ignored, Student
from grader.batch.run import Circumstances, Finished
from grader.faults import Fault
from grader.report.progress import Tally
from grader.report.text import number

CODE = b"def f(x):\n    return x\n"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
CLASS = gradebook(4)
ADA, BEN = Student("1", "Ada", "ada@x.edu", "007"), Student("2", "Ben", "ben@x.edu", "008")


@pytest.fixture
def read(tmp_path):
    """Read a folder of these files; names that end in "/" are folders."""

    def read_files(files, platform=None, roster=None, name="export") -> Export:
        folder = tmp_path / name
        for path, data in files.items():
            target = folder / path
            (target if path.endswith("/") else target.parent).mkdir(parents=True, exist_ok=True)
            if not path.endswith("/"):
                target.write_bytes(data)
        (tmp_path / "room").mkdir()
        return read_export(folder, tmp_path / "room", roster, platform)

    return read_files


def whose(export: Export) -> dict[str, list[str]]:
    """The ids of each entry's students."""
    return {entry.id: [student.id for student in entry.students] for entry in export.entries}


def problems(export: Export) -> dict[str, str]:
    return {entry.id: entry.problem for entry in export.entries if entry.problem}


def names(export: Export) -> dict[str, list[str]]:
    """The files of each entry."""
    return {entry.id: sorted(entry.files) for entry in export.entries}


@pytest.mark.parametrize("platform", NAMES)
def test_the_last_line_names_a_table_that_the_platform_can_use(platform):
    found = replace(CLASS, platform=platform)
    request = Request(Path("x"), Path("graded"), Circumstances(1))
    *_, last = summary(found, Finished(1, Plan("", "", {}), Tally(1), False, ""), request, 1.0)
    table = {"Canvas": "canvas", "Gradescope": "gradescope"}.get(platform, "grades")
    assert f"graded/{table}.csv" in last and last.count(".csv") == 1
    assert ("import graded" in last) == (platform in ("Canvas", "Moodle"))


@pytest.mark.parametrize(
    ("retry", "said"), [(("infra",), "the same command tries again"), ((), "--retry=none")]
)
def test_who_could_not_be_graded_is_said_with_the_command_that_tries_again(retry, said):
    first, *others = CLASS.lines
    found = replace(CLASS, lines=(replace(first, status="failed"), *others))
    request = Request(Path("x"), Path("graded"), Circumstances(1, retry))
    told = summary(found, Finished(1, Plan("", "", {}), Tally(1), False, ""), request, 1.0)
    assert [said in line for line in told if "by no fault of theirs" in line] == [True]


def test_whose_hand_in_the_export_lacks_is_helped_by_another_export():
    first, *others = CLASS.lines
    found = replace(CLASS, platform="Canvas", lines=(replace(first, status="failed", marks=()), *others))
    request = Request(Path("x"), Path("graded"), Circumstances(1))
    finished = Finished(1, Plan("", "", {}), Tally(1), False, "", lost=frozenset({first.entry}))
    told = summary(found, finished, request, 1.0)
    assert [line for line in told if "tries again" in line] == []
    assert [line for line in told if "by no fault of theirs: export it again" in line] != []
    assert told[-1].endswith("import graded/canvas.csv when all have a score.")


def test_the_mean_is_of_what_was_graded_be_it_by_hand():
    first, second, *others = CLASS.lines
    by_hand = replace(
        second, status="empty", marks=(replace(second.marks[0], set_by="ta"), *second.marks[1:])
    )
    found = replace(CLASS, lines=(replace(first, status="empty"), by_hand, *others))
    request = Request(Path("x"), Path("graded"), Circumstances(1))
    told = summary(found, Finished(1, Plan("", "", {}), Tally(1), False, ""), request, 1.0)
    scores = [by_hand.score, *(line.score for line in others if line.status == "graded")]
    mean = round(sum(scores) / len(scores), 1)
    assert any(line.startswith(f"The mean is {number(mean)} of ") for line in told), told


# ---- Gradescope ---------------------------------------------------------------------------


def table(*rows: tuple[str, list[tuple[str, str, str]], str]) -> bytes:
    """submission_metadata.yml, as Gradescope quotes it."""
    lines = ["---"]
    for key, people, at in rows:
        lines += [f"{key}:", "  :submitters:" if people else "  :submitters: []"]
        for name, sid, email in people:
            lines += [f"  - :name: {name}", f"    :sid: {sid}", f"    :email: {email}"]
        lines += [f"  :created_at: {at}", "  :score: 0.0", "  :results:", "    output: x", "  :history: []"]
    return "\n".join([*lines, ""]).encode()


def gradescope(*rows, files=None):
    members = {f"{key}/hw2.py": CODE for key, _, _ in rows} if files is None else files
    return {"submission_metadata.yml": table(*rows), **members}


def row(number: int, *people, at="2026-03-09 12:00:00.000000000 Z"):
    return (f"submission_{number}", list(people), at)


def test_a_student_of_gradescope_is_known_by_the_schools_number(read):
    actual = read(gradescope(row(5, ("Ada", "'0070'", "ada@x.edu"))))

    assert actual.platform == "Gradescope"
    (entry,) = actual.entries
    assert entry.students == (Student("0070", "Ada", "ada@x.edu", "0070"),)
    assert (entry.id, entry.handed_in) == ("submission_5", "2026-03-09 12:00:00.000000000 Z")


def test_a_group_is_one_entry_of_several(read):
    actual = read(gradescope(row(5, ("Ada", "'1'", "a@x"), ("Ben", "'2'", "b@x"))))

    assert whose(actual) == {"submission_5": ["1", "2"]}


def test_without_a_number_the_address_counts_and_without_both_the_submission(read):
    actual = read(gradescope(row(5, ("Ada", "", "Ada@x.edu")), row(6, ("Ben", "", ""), ("Ben", "", ""))))

    assert whose(actual) == {
        "submission_5": ["Ada@x.edu"],
        "submission_6": ["submission_6/1", "submission_6/2"],
    }
    assert len(actual.notes) == 2
    assert "neither a number nor an address of their own and is submission_6/1 here" in actual.notes[0]


def test_a_number_that_is_missing_once_is_found_by_the_address(read):
    actual = read(gradescope(row(5, ("Ada", "", "A@x")), row(6, ("Ada", "'1'", "a@x"))))

    assert whose(actual) == {"submission_6": ["1"]}


@pytest.mark.parametrize(
    ("sid", "email"), [("N/A", "''"), ("''", "office@x"), ("N/A", "office@x")], ids=["sid", "email", "both"]
)
def test_whoever_has_another_name_is_somebody_else(read, sid, email):
    actual = read(
        gradescope(row(5, ("One", sid, email)), row(6, ("Two", sid, email)), row(7, ("One", sid, email)))
    )

    assert len({student.id for entry in actual.entries for student in entry.students}) == 3
    assert all(any(f"submission_{number}/1" in note for note in actual.notes) for number in (5, 6, 7))
    assert any(text in note and "is shared by 3" in note for text in (sid, email) for note in actual.notes)


def test_who_has_another_name_and_no_number_is_not_the_owner_of_the_address(read):
    actual = read(
        gradescope(row(5, ("Ada", "'1'", "a@x")), row(6, ("Ben", "''", "a@x")), row(7, ("Cleo", "''", "c@x")))
    )

    assert whose(actual) == {
        "submission_5": ["1"],
        "submission_6": ["submission_6/1"],
        "submission_7": ["c@x"],
    }


def test_a_number_that_two_share_is_nobodys_and_this_is_told(read):
    actual = read(gradescope(row(5, ("Ada", "'1'", "a@x")), row(6, ("Ben", "'1'", "b@x"))))

    assert whose(actual) == {"submission_5": ["a@x"], "submission_6": ["b@x"]}
    assert actual.notes == ("the number 1 is shared by 2 students, who are a@x, b@x here",)


def test_an_address_that_two_share_is_told(read):
    actual = read(gradescope(row(5, ("Ada", "'1'", "a@x")), row(6, ("Ben", "'2'", "A@X"))))

    assert whose(actual) == {"submission_5": ["1"], "submission_6": ["2"]}
    assert actual.notes == ("the email address a@x is shared by 2 students, who are 1, 2 here",)


def test_two_of_one_name_are_two_students(read):
    actual = read(gradescope(row(5, ("Ada", "'1'", "a@x")), row(6, ("Ada", "'2'", "b@x"))))

    assert whose(actual) == {"submission_5": ["1"], "submission_6": ["2"]}


@pytest.mark.parametrize(
    ("first", "second", "newest"),
    [
        ("2026-03-09 12:00:00.1 Z", "2026-03-09 12:00:00.2 Z", 6),
        ("2026-03-09 12:00:00.2 Z", "2026-03-09 12:00:00.1 Z", 5),
        ("2026-03-09 12:00:00 Z", "2026-03-09 12:00:00 Z", 6),
        ("2026-03-09 12:00:00 -07:00", "2026-03-09 18:00:00 Z", 5),
        ("2026-03-09 12:00:00 Z", "2026-02-30 12:00:00 Z", 5),
        ("2026-03-09 12:00:00 Z", "yesterday", 5),
    ],
)
def test_of_a_student_in_two_submissions_the_newest_counts(read, first, second, newest):
    ada = ("Ada", "'1'", "a@x")

    actual = read(gradescope(row(5, ada, at=first), row(6, ada, at=second)))

    assert whose(actual) == {f"submission_{newest}": ["1"]}
    assert actual.ignored == (
        Ignored(f"submission_{11 - newest}", f"1 has handed in submission_{newest}, which is newer"),
    )


def test_of_two_submissions_at_one_moment_the_one_with_the_larger_number_counts(read):
    ada = ("Ada", "'1'", "a@x")

    assert whose(read(gradescope(row(10, ada), row(9, ada)))) == {"submission_10": ["1"]}


def test_who_has_left_a_group_is_in_the_newer_one_alone(read):
    ada, ben = ("Ada", "'1'", "a@x"), ("Ben", "'2'", "b@x")

    actual = read(gradescope(row(5, ada, ben), row(6, ben, at="2026-03-10 12:00:00 Z")))

    assert whose(actual) == {"submission_5": ["1"], "submission_6": ["2"]}
    assert actual.notes == (
        "2 has handed in submission_6, which is newer; submission_5 counts for the others of the group",
    )


def test_a_folder_that_the_table_does_not_know_is_somebodys(read):
    actual = read(
        gradescope(row(5, ("Ada", "'1'", "a@x")), files={"submission_5/a.py": b"", "submission_9/b.py": b""})
    )

    assert whose(actual) == {"submission_5": ["1"], "submission_9": ["submission_9"]}
    assert actual.notes == ("the metadata of submission_9 is missing; find out whose hand-in that is",)


def test_a_submission_without_a_folder_is_not_the_students_fault(read):
    actual = read(
        gradescope(
            row(5, ("Ada", "'1'", "a@x")), row(6, ("Ben", "'2'", "b@x")), files={"submission_5/a.py": b""}
        )
    )

    (lost,) = [entry for entry in actual.entries if entry.problem]
    assert (lost.id, lost.ours) == ("submission_6", True)
    assert "its folder is not in the export" in lost.problem


def test_a_pdf_assignment_has_files_instead_of_folders(read):
    actual = read(gradescope(("5.pdf", [("Ada", "'1'", "a@x")], "x"), files={"5.pdf": b"%PDF"}))

    assert problems(actual) == {
        "5.pdf": "there is no Python file, notebook or zip in the hand-in: it has 5.pdf"
    }


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("'O''Brien, \"Ada\"'", 'O\'Brien, "Ada"'),
        ('"a\\tb\\x1b[2J\\U0001F600"', "a\tb\x1b[2J😀"),
        ("😀 Ada", "😀 Ada"),
        ("|-\n      Ada\n      :submitters: []", "Ada\n:submitters: []"),
        ("Ada\n      Lovelace", "Ada Lovelace"),
        ("../../etc", "../../etc"),
        ("'yes'", "yes"),
        ("", ""),
        ("[a, b]", ""),
        ("Ada # née Byron", "Ada"),
    ],
)
def test_a_name_in_any_quotes_is_a_text(read, written, name):
    actual = read(gradescope(row(5, (written, "'1'", "a@x")), row(6, ("Ben", "'2'", "b@x"))))

    assert [entry.students[0].name for entry in actual.entries] == [name, "Ben"]


def test_what_a_student_printed_cannot_name_students(read):
    files = gradescope(row(5, ("Ada", "'1'", "a@x")))
    printed = (
        b"    output: |-\n      x\n      :submitters:\n\n        - :sid: '9'\n    tests:\n    - :sid: 9\n"
    )
    files["submission_metadata.yml"] = files["submission_metadata.yml"].replace(b"    output: x\n", printed)

    assert whose(read(files)) == {"submission_5": ["1"]}


def test_one_unreadable_part_of_the_table_costs_only_the_names_in_it(read):
    actual = read(gradescope(row(5, ('"Ada', "'1'", "a@x")), row(6, ("Ben", "'2'", "b@x"))))

    assert whose(actual) == {"submission_5": ["submission_5"], "submission_6": ["2"]}
    assert names(actual)["submission_5"] == ["hw2.py"]
    assert actual.notes == ("the metadata of submission_5 cannot be read; find out whose hand-in that is",)


def test_a_submission_without_submitters_is_somebodys(read):
    actual = read(gradescope(row(5)))

    assert whose(actual) == {"submission_5": ["submission_5"]}
    assert actual.notes == ("the metadata of submission_5 names nobody; find out whose hand-in that is",)


def test_a_submission_that_is_there_twice_loses_nobody(read):
    actual = read(gradescope(row(5, ("Ada", "'1'", "a@x")), row(5, ("Ben", "'2'", "b@x"))))

    assert whose(actual) == {"submission_5": ["1", "2"]}


@pytest.mark.parametrize("data", [b"just text\n", b"{]\n}\n", b"- a\n- b\n", b"\xff\xfe\0\0"])
def test_a_table_that_is_none_is_refused(read, data):
    with pytest.raises(Fault, match="is not written as Gradescope writes it; export the submissions again"):
        read({"submission_metadata.yml": data, "submission_1/a.py": b""})


@pytest.mark.parametrize("change", [lambda t: b"\xef\xbb\xbf" + t, lambda t: t.replace(b"\n", b"\r\n")])
def test_the_table_may_have_passed_through_an_editor(read, change):
    files = gradescope(row(5, ("Ada", "'1'", "a@x")))
    files["submission_metadata.yml"] = change(files["submission_metadata.yml"])

    assert whose(read(files)) == {"submission_5": ["1"]}


def test_more_than_a_group_can_be_is_nobody_rather_than_some_of_them(read, monkeypatch):
    monkeypatch.setattr(metadata, "MOST_KEPT", 300)
    many = [(f"S{k}", f"'{k}'", f"s{k}@x") for k in range(20)]

    actual = read(gradescope(row(5, *many), row(6, ("Ada", "'99'", "a@x"))))

    assert whose(actual) == {"submission_5": ["submission_5"], "submission_6": ["99"]}
    assert actual.notes == ("the metadata of submission_5 names nobody; find out whose hand-in that is",)


def test_a_line_of_any_length_is_passed_by(read, monkeypatch):
    monkeypatch.setattr(metadata, "LONGEST_LINE", 100)
    files = gradescope(row(5, ("Ada", "'1'", "a@x")), row(6, ("Ben", "'2'", "b@x")))
    files["submission_metadata.yml"] = files["submission_metadata.yml"].replace(
        b"output: x", b"output: " + b"y" * 99 + b"submission_7:" * 50
    )

    assert whose(read(files)) == {"submission_5": ["1"], "submission_6": ["2"]}


def test_a_missing_package_is_named(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(
        Fault, match=r"with the help of PyYAML, and pyyaml is not installed .* pip install pyyaml"
    ):
        read(gradescope(row(5, ("Ada", "'1'", "a@x"))))


def test_a_named_platform_without_its_table_is_refused(read):
    with pytest.raises(Fault, match=r"submission_metadata\.yml is missing"):
        read({"ada/hw2.py": CODE}, platform="Gradescope")


def test_a_real_table_is_read(tmp_path):
    path = SAMPLES / "submission_metadata.export.real-structure.anon.yml"
    if not path.is_file():
        pytest.skip(f"there is no {path}: the shared samples are not beside this repository")

    actual = metadata.submitted(path)

    assert [(row.id, [person.sid for person in row.people]) for row in actual] == [
        ("submission_216975964", ["06000001", "06000002"]),
        ("submission_217048562", ["06000003"]),
    ]
    assert actual[1].at == "2023-12-02 08:19:57.577170000 Z"


# ---- Canvas -------------------------------------------------------------------------------


def test_a_student_of_canvas_is_known_by_the_number(read):
    actual = read({"lovelaceada_4711_90210_hw2.py": CODE, "lovelaceada_4712_90211_hw2.py": CODE})

    assert actual.platform == "Canvas"
    assert whose(actual) == {"4711": ["4711"], "4712": ["4712"]}
    assert actual.entries[0].students == (Student("4711", "lovelaceada"),)


def test_late_is_late(read):
    actual = read({"a_LATE_1_11_hw2.py": CODE, "b_2_12_hw2.py": CODE, "LATE_anon_aB3_13_hw2.py": CODE})

    assert {entry.id: entry.late for entry in actual.entries} == {"1": True, "2": False, "anon_aB3": True}


def test_several_attachments_are_one_hand_in(read):
    actual = read({"a_1_11_hw2.py": CODE, "a_1_12_helper.py": b"", "a_1_13_my_2_3_data.ipynb": b""})

    assert names(actual) == {"1": ["helper.py", "hw2.py", "my_2_3_data.ipynb"]}


def test_anonymous_students_are_told_apart(read):
    actual = read({"anon_aB3xZ_11_hw2.py": CODE, "anon_Q_12_hw2.py": CODE})

    assert whose(actual) == {"anon_Q": ["anon_Q"], "anon_aB3xZ": ["anon_aB3xZ"]}


@pytest.mark.parametrize("prefix", ["a_1", "a_LATE_1", "anon_x7"])
@pytest.mark.parametrize(("kind", "why"), [("text", "a text was typed in"), ("link", "a link was handed in")])
def test_what_was_typed_in_is_no_source(read, prefix, kind, why):
    actual = read({f"{prefix}_{kind}.html": b"<p>x</p>", "b_2_12_hw2.py": CODE})

    ((_, problem),) = problems(actual).items()
    assert problem.startswith(why)
    assert len(actual.entries) == 2


def test_of_a_file_that_was_handed_in_again_the_newest_counts_under_its_own_name(read):
    actual = read(
        {"a_1_9_hw2.py": b"1", "a_1_15_hw2-1.py": b"2", "a_1_13_hw2-2.py": b"3", "b_2_9_hw2-4.py": b"4"}
    )

    assert {entry.id: entry.files["hw2.py"].read_bytes() for entry in actual.entries} == {
        "1": b"2",
        "2": b"4",
    }
    why = "it was handed in again: a_1_15_hw2-1.py is newer"
    assert set(actual.ignored) == {Ignored("a_1_9_hw2.py", why), Ignored("a_1_13_hw2-2.py", why)}


def test_parts_that_are_numbered_are_no_repetitions(read):
    actual = read({"a_1_11_part-1.py": b"1", "a_1_15_part-2.py": b"2"})

    assert names(actual) == {"1": ["part-1.py", "part-2.py"]}


def test_a_name_with_digits_of_its_own_is_read_behind_them(read):
    actual = read({"student_1_55_90_hw2.py": CODE, "teststudent_1_56_91_hw2.py": CODE})

    assert whose(actual) == {"55": ["55"], "56": ["56"]}


def test_two_names_that_stay_with_one_number_are_two_students(read):
    actual = read({"ada_1_90_hw2.py": CODE, "ben_1_91_hw2.py": CODE})

    assert whose(actual) == {"1": ["1"], "1 (2)": ["1 (2)"]}
    assert actual.notes == ("the number 1 stands for somebody else, too; ben is 1 (2) here",)


def test_what_canvas_has_not_named_is_told(read):
    actual = read({"a_1_11_hw2.py": CODE, "b_2_12_hw2.py": CODE, "notes.txt": b"", "x/a.py": b""})

    assert {item.path for item in actual.ignored} == {"notes.txt", "x"}


# ---- Moodle -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["_/", "/", "_"])
def test_both_forms_of_moodle(read, end):
    """In folders, whose names may end in an underscore, and flat."""
    actual = read({f"Ada Lovelace_4711_assignsubmission_file{end}hw2.py": CODE})

    assert actual.platform == "Moodle"
    assert actual.entries[0].students == (Student("4711", "Ada Lovelace"),)
    assert names(actual) == {"4711": ["hw2.py"]}


def test_folders_in_a_hand_in_are_kept(read):
    actual = read({"A_1_assignsubmission_file_/code/hw2.py": CODE})

    assert names(actual) == {"1": ["code/hw2.py"]}


def test_blind_marking_teams_and_the_default_team(read):
    actual = read(
        {f"{who}_assignsubmission_file_/a.py": CODE for who in ("Participant_7", "The As_12", "Default team")}
    )

    assert whose(actual) == {"7": ["7"], "12": ["12"], "Default team": ["Default team"]}


def test_a_text_beside_a_file_is_told_and_a_text_alone_is_a_problem(read):
    text = "_assignsubmission_onlinetext_/onlinetext.html"

    actual = read({f"A_1{text}": b"x", "A_1_assignsubmission_file_/hw2.py": CODE, f"B_2{text}": b"x"})

    assert names(actual) == {"1": ["hw2.py"], "2": []}
    assert problems(actual) == {"2": "a text was typed in on Moodle, which is no file"}
    assert [item.path for item in actual.ignored] == [f"A_1{text}"]


def test_an_empty_folder_of_moodle_is_a_student(read):
    actual = read({"A_1_assignsubmission_file_/": b"", "B_2_assignsubmission_file_/hw2.py": CODE})

    assert problems(actual) == {"1": "the hand-in is empty"}


def test_two_of_one_name_are_two_entries(read):
    actual = read({f"Ada_{k}_assignsubmission_file_/hw2.py": CODE for k in (1, 2)})

    assert whose(actual) == {"1": ["1"], "2": ["2"]}


# ---- GitHub Classroom ---------------------------------------------------------------------


def test_clones_are_known_by_the_username(read):
    actual = read(
        {f"hw-2-{who}/{file}": CODE for who in ("ada", "andy-b") for file in (".git/HEAD", "hw2.py")}
    )

    assert actual.platform == "GitHub Classroom"
    assert whose(actual) == {"hw-2-ada": ["ada"], "hw-2-andy-b": ["andy-b"]}
    assert names(actual) == {"hw-2-ada": ["hw2.py"], "hw-2-andy-b": ["hw2.py"]}


@pytest.mark.parametrize(("name", "username"), [("hw2-ada", "ada"), ("ada", "ada"), ("hw2-", "hw2-")])
def test_one_clone_alone(read, name, username):
    assert whose(read({f"{name}/.git/HEAD": b"", f"{name}/a.py": CODE})) == {name: [username]}


def test_a_clone_with_nothing_in_it_is_a_student(read):
    actual = read({"hw2-ada/.git/HEAD": b"", "hw2-ben/.git/HEAD": b"", "hw2-ben/hw2.py": CODE})

    assert problems(actual) == {"hw2-ada": "the hand-in is empty"}


def test_clones_without_git_can_be_named(read):
    actual = read({"hw2-ada/hw2.py": CODE, "hw2-ben/hw2.py": CODE}, platform="classroom")

    assert (actual.platform, whose(actual)) == ("GitHub Classroom", {"hw2-ada": ["ada"], "hw2-ben": ["ben"]})
    (note,) = actual.notes
    assert note.startswith(
        "ids are what follows hw2- in the names of all clones here; in an export of others"
    )


# ---- folders and loose files --------------------------------------------------------------


def test_a_folder_a_script_a_notebook_and_a_zip_are_a_student_each(read):
    actual = read(
        {"ada/hw2.py": CODE, "ben.py": CODE, "cleo.ipynb": b"{}", "dora.zip": zipped({"hw2.py": CODE})}
    )

    assert actual.platform == "folders"
    assert whose(actual) == {name: [name] for name in ("ada", "ben", "cleo", "dora")}


def test_files_that_differ_in_their_suffix_are_one_students(read):
    assert names(read({"ada.py": CODE, "ada.ipynb": b"{}"})) == {"ada": ["ada.ipynb", "ada.py"]}


def test_a_folder_counts_before_a_file_of_its_name(read):
    actual = read({"ada/hw2.py": CODE, "ada.py": b""})

    assert names(actual) == {"ada": ["hw2.py"]}
    assert actual.ignored == (Ignored("ada.py", "there is a folder named ada, too, which counts"),)


def test_other_files_are_told_and_what_systems_leave_behind_is_not(read):
    actual = read(
        {"ada/hw2.py": CODE, "grades.xlsx": b"", ".DS_Store": b"", "__MACOSX/x": b"", "Thumbs.db": b""}
    )

    assert actual.ignored == (Ignored("grades.xlsx", "it is no Python file, notebook, zip or folder"),)


@pytest.mark.parametrize(
    ("paths", "students"),
    [
        (["class/ada/hw2.py", "class/ben/hw2.py"], ["ada", "ben"]),
        (["export/ada.py", "export/ben.py"], ["ada", "ben"]),
        (["export/ada/hw2.py"], ["ada"]),
        (["export/hw2.py", "ben.py"], ["export", "ben"]),
        (["ada/hw2.py"], ["ada"]),
        (["ada/hw2.py", "ada/data/x.txt"], ["ada"]),
        (["ada/hw2.py", "ada/a/x.py", "ada/b/x.py"], ["ada"]),
    ],
)
def test_a_folder_around_the_export_is_no_student(read, paths, students):
    actual = read(dict.fromkeys(paths, CODE), name="export")

    assert [student for group in whose(actual).values() for student in group] == students


# ---- all of them --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["", ".zip", ".tar.gz"])
@pytest.mark.parametrize("platform", ["Gradescope", "Canvas", "Moodle", "GitHub Classroom", "folders"])
def test_an_export_is_recognised(tmp_path, platform, form):
    (tmp_path / "room").mkdir()
    path = made(
        platform, tmp_path, [HandIn((ADA,), {"hw2.py": CODE}), HandIn((BEN,), {"hw2.py": CODE})], form=form
    )

    assert read_export(path, tmp_path / "room").platform == platform
