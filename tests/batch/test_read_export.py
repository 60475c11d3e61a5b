"""Every student of an export is in exactly one entry, whatever the platform, the form and the names."""

import os
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from exports import AT, PLATFORMS, HandIn, class_of, made, student, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import texts
from unprivileged import unprivileged

from grader.batch.exports import contents as module
from grader.batch.exports.intake import NAMES, read_export, selected
from grader.batch.grades.filesystem import STORE
from grader.batch.grades.store import opened
from grader.batch.roster import Entry, Export, Student
from grader.faults import Fault
from grader.submission import gathered

CODE = b"def f(x):\n    return x\n"


def written(folder: Path, files: dict[str, bytes]) -> Path:
    """The folder, with these files; names that end in "/" are folders."""
    folder.mkdir(exist_ok=True)
    for path, data in files.items():
        target = folder / path
        (target if path.endswith("/") else target.parent).mkdir(parents=True, exist_ok=True)
        if not path.endswith("/"):
            target.write_bytes(data)
    return folder


def read(path: Path, **options) -> Export:
    with tempfile.TemporaryDirectory() as room:
        return read_export(path, Path(room), **options)


def ids(export: Export) -> list[str]:
    return [student.id for entry in export.entries for student in entry.students]


def problems(export: Export) -> dict[str, str]:
    return {entry.id: entry.problem for entry in export.entries if entry.problem}


# ---- everybody, once ----------------------------------------------------------------------

odd = texts.map(lambda text: text.encode("utf-8", "replace")[:80].decode("utf-8", "ignore"))
as_file = odd.map(lambda text: text.replace("/", "|").replace("\0", "|"))
file_names = st.one_of(
    st.sampled_from(
        ["hw2.py", "a/b/hw2.py", "..hw2.py", "...", "🧮, 'x' \"y\".py", "hw2-1.py", "x_1_2_y.py", "w.zip"]
    ),
    st.sampled_from([".git/x.py", "__MACOSX/._hw2.py", "a.pdf", "submission_metadata.yml", "roster.csv"]),
    as_file.map(lambda text: f"{text}.py"),
)
contents = st.sampled_from([CODE, b"", b"\xff", b"{}", zipped({"hw2.py": CODE})])
hand_ins = st.lists(
    st.tuples(
        odd, st.dictionaries(file_names, contents, max_size=4), st.booleans(), st.booleans(), st.booleans()
    ),
    max_size=6,
)


def drawn(parts, platform: str) -> list[HandIn]:
    """Hand-ins of different students with the drawn names; in Gradescope some are of two."""
    found = []
    for number, (name, files, late, typed, pair) in enumerate(parts):
        own = replace(student(2 * number), name=name)
        others = (replace(student(2 * number + 1), name=name),) if pair and platform == "Gradescope" else ()
        flat = {name: data for name, data in files.items() if platform != "Canvas" or "/" not in name}
        found.append(HandIn((own, *others), fitting(flat), late, AT, typed))
    return found


def fitting(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without names that a folder cannot have, that are a folder of it, or folders on Windows."""
    return {
        name: data
        for name, data in files.items()
        if not {"", ".", ".."} & set(name.split("/"))
        and "\\" not in name
        and not any(other.startswith(f"{name}/") for other in files)
    }


def expected(platform: str, hand_in: HandIn) -> list[str]:
    """The ids of its students; Canvas and Moodle do not write what is nothing."""
    if platform == "Gradescope":
        return [one.sid for one in hand_in.students]
    nothing = platform in ("Canvas", "Moodle") and not hand_in.files and not hand_in.typed
    return [] if nothing else [hand_in.students[0].id]


def sources(hand_in: HandIn) -> Counter:
    return Counter(data for name, data in hand_in.files.items() if module.is_looked_at(name))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(PLATFORMS), st.sampled_from(["", ".zip", ".tar.gz"]), hand_ins)
def test_every_student_is_in_exactly_one_entry_and_no_source_is_lost(platform, form, parts):
    given_in = drawn(parts, platform)
    wanted = Counter(id_ for hand_in in given_in for id_ in expected(platform, hand_in))
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as room:
        path = made(platform, Path(folder), given_in, form=form)
        try:
            actual = read_export(path, Path(room), platform=platform)
        except Fault as fault:
            assert "there are no hand-ins in" in str(fault)
            assert not wanted
            return

        assert Counter(ids(actual)) == wanted
        assert len({entry.id for entry in actual.entries}) == len(actual.entries)
        by_student = {entry.students[0].id: entry for entry in actual.entries}
        for hand_in in given_in:
            for id_ in expected(platform, hand_in)[:1]:
                entry = by_student[id_]
                there = Counter(file.read_bytes() for file in entry.files.values())
                assert there <= sources(hand_in)
                lost = sum((sources(hand_in) - there).values())
                told = [
                    item
                    for item in actual.ignored
                    if platform in ("Canvas", "Moodle") or entry.id in item.path
                ]
                assert lost <= len(told) or entry.problem
                assert entry.files or entry.problem
                assert gathered(id_, entry.files, "hw2").main == "hw2"  # nothing is raised


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLATFORMS), hand_ins)
def test_a_folder_and_an_archive_are_the_same_export(platform, parts):
    given_in = drawn(parts, platform)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as room:
        one = told(made(platform, Path(folder), given_in), Path(folder), platform)
        other = told(made(platform, Path(folder), given_in, form=".zip"), Path(room), platform)

    assert one == other


def told(path: Path, room: Path, platform: str):
    """The export without where its files are."""
    try:
        export = read_export(path, room, platform=platform)
    except Fault:
        return None
    entries = [replace(entry, files=dict.fromkeys(sorted(entry.files), Path())) for entry in export.entries]
    return sorted(entries, key=lambda entry: entry.id), sorted(map(repr, export.ignored)), export.notes


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["", "1", "2", "a"]),
            st.sampled_from(["", "a@x", "b@x"]),
            st.integers(0, 3),
        ),
        max_size=8,
    )
)
def test_gradescopes_students_who_share_numbers_and_addresses_are_in_one_entry_each(rows):
    """Each row is a submitter: of which submission, number, address, and when."""
    groups = {}
    for place, sid, email, hour in rows:
        groups.setdefault(place, (hour, []))[1].append(Student("", f"n{place}", email, sid))
    given_in = [
        HandIn(tuple(people), {"hw2.py": CODE}, at=f"2026-03-09 1{hour}:00:00 Z")
        for hour, people in groups.values()
    ]
    if not given_in:
        return
    with tempfile.TemporaryDirectory() as folder:
        actual = read(made("Gradescope", Path(folder), given_in))

    assert len(set(ids(actual))) == len(ids(actual))
    everybody = {one for entry in actual.entries for one in entry.students}
    for hand_in in given_in:
        for one in hand_in.students:
            same_number = any(one.sid == who.sid for who in everybody)
            same_address = any(one.email == who.email for who in everybody)
            assert same_number if one.sid else same_address
    named = {entry.id for entry in actual.entries} | {item.path for item in actual.ignored}
    assert len(named) == len(given_in)


# ---- what is found on disk ----------------------------------------------------------------


def test_an_empty_folder_and_a_damaged_zip_stop_nobody(tmp_path):
    actual = read(written(tmp_path / "x", {"ada/": b"", "ben/w.zip": b"no zip", "cleo/hw2.py": CODE}))

    assert problems(actual) == {"ada": "the hand-in is empty"}
    faults = {entry.id: gathered(entry.id, entry.files, "hw2").fault for entry in actual.entries[1:]}
    assert faults == {
        "ben": "w.zip cannot be opened as a zip file (File is not a zip file); pack it again",
        "cleo": "",
    }


@pytest.mark.parametrize(
    ("files", "problem", "passed"),
    [
        ({"ada/hw2.py": bytes(2 << 20)}, "hw2.py unpacks to more than 200 times its size", 0),
        ({"ada/../hw2.py": CODE}, "../hw2.py points outside its folder", 0),
        ({"ada/data.py": bytes(2 << 20), "ada/hw2.py": CODE}, "", 1),
    ],
)
def test_what_was_not_unpacked_is_told_once(tmp_path, files, problem, passed):
    """As the hand-in's problem where nothing is left of it, else as passed over."""
    (tmp_path / "x.zip").write_bytes(zipped({**files, "ben/hw2.py": CODE}))

    actual = read(tmp_path / "x.zip")

    assert [entry.problem for entry in actual.entries] == [problem, ""]
    assert [entry.ours for entry in actual.entries] == [False, False]
    assert len(actual.ignored) == passed


def test_what_cannot_be_read_here_is_not_the_students_fault(open_folder):
    folder = written(
        open_folder / "x", {"ada/hw2.py": CODE, "ada/a.py": CODE, "ben/hw2.py": CODE, "cleo/hw2.py": CODE}
    )
    (folder / "ada" / "hw2.py").chmod(0)
    (folder / "ben").chmod(0)

    try:
        with unprivileged():
            actual = read_export(folder, open_folder)
    finally:
        (folder / "ben").chmod(0o755)

    assert problems(actual) == {
        "ada": "hw2.py cannot be read here (Permission denied)",
        "ben": "the folder cannot be read here (Permission denied)",
    }
    assert [entry.ours for entry in actual.entries] == [True, True, False]


def test_an_export_that_cannot_be_read_is_refused(open_folder):
    (open_folder / "x").mkdir(mode=0)

    with unprivileged(), pytest.raises(Fault, match=r"the folder .*x cannot be read: Permission denied"):
        read_export(open_folder / "x", open_folder)


def test_a_student_who_is_a_link_is_told(tmp_path):
    folder = written(tmp_path / "x", {"ada/hw2.py": CODE})
    (folder / "ben").symlink_to(folder / "ada")
    (folder / "cleo.py").symlink_to("/etc/passwd")

    actual = read(folder)

    assert problems(actual) == {
        "ben": "the folder is a link, which is not followed; put the folder itself there",
        "cleo": "cleo.py is a link, which is not followed; put the file itself there",
    }
    assert [entry.ours for entry in actual.entries] == [False, True, True]


def test_a_link_inside_a_hand_in_is_passed_over_by_its_reading(tmp_path):
    folder = written(tmp_path / "x", {"ada/hw2.py": CODE})
    (folder / "ada" / "secret.py").symlink_to("/etc/passwd")

    (entry,) = read(folder).entries
    actual = gathered("ada", entry.files, "hw2")

    assert actual.modules == {"hw2": (CODE,)}
    assert actual.remarks == ("secret.py is a link or no ordinary file and was passed over",)


def test_folders_without_end_come_to_one(tmp_path):
    folder = written(tmp_path / "x", {"ada/hw2.py": CODE, f"ben/{'a/' * 100}hw2.py": CODE})

    assert problems(read(folder)) == {"ben": "the hand-in is empty"}


def test_a_name_that_is_no_text_is_one_that_can_be_written(tmp_path):
    folder = written(tmp_path / "x", {"ada/hw2.py": CODE})
    Path(os.fsdecode(os.fsencode(folder) + b"/b\xff")).mkdir()

    actual = read(folder)

    assert ids(actual) == ["ada", "b\\udcff"]
    str(actual).encode()


def test_a_home_folder_is_no_export(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_FILES", 3)

    with pytest.raises(Fault, match="has more than 3 files; name the folder of the export alone"):
        read(written(tmp_path / "x", {f"{k}/a.py": CODE for k in range(5)}))


# ---- what was named -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere", "nowhere is missing"),
        (
            "x.rar",
            r"x\.rar is neither a folder nor one of \.zip, \.tar\.gz, \.tgz; name what the platform exports",
        ),
        ("empty", "there are no hand-ins in .*empty; name the export itself, an archive or a folder"),
        ("pictures", "there are no hand-ins in .*pictures; name the export"),
    ],
)
def test_what_is_no_export_is_refused_in_one_sentence(tmp_path, name, sentence):
    written(tmp_path, {"x.rar": b"Rar!", "empty/": b"", "pictures/a.png": b"", "pictures/b.png": b""})

    with pytest.raises(Fault, match=sentence):
        read(tmp_path / name)


@pytest.mark.parametrize("platform", ["Canvas", "moodle"])
def test_a_platform_that_it_is_not_is_refused(tmp_path, platform):
    with pytest.raises(Fault, match=f"as {platform} writes them"):
        read(written(tmp_path / "x", {"ada/hw2.py": CODE}), platform=platform)


def test_an_unknown_platform_is_refused(tmp_path):
    with pytest.raises(Fault, match=f"there is no platform Blackboard; name one of {', '.join(NAMES)}"):
        read(written(tmp_path / "x", {"ada/hw2.py": CODE}), platform="Blackboard")


def test_a_platform_can_be_named_where_it_would_not_be_guessed(tmp_path):
    files = {"a_1_2_hw2.py": CODE, "x.py": CODE, "y.py": CODE}
    folder = written(tmp_path / "x", files)

    assert read(folder).platform == "folders"
    assert ids(read(folder, platform="canvas")) == ["1"]
    assert ids(read(folder, platform="Folders")) == ["a_1_2_hw2", "x", "y"]


def test_a_class_list_at_the_top_is_read_and_another_one_can_be_named(tmp_path):
    folder = written(tmp_path / "x", {"ada/hw2.py": CODE, "roster.csv": b"id\nada\nben\n"})
    (tmp_path / "other.csv").write_text("id\nada\ncleo\n", encoding="utf-8")

    assert ids(read(folder)) == ["ada", "ben"]
    assert read(folder).ignored == ()
    assert ids(read(folder, roster=tmp_path / "other.csv")) == ["ada", "cleo"]


@pytest.mark.parametrize("clone", [{}, {"hw2-ada/.git/HEAD": b""}])
def test_a_students_own_roster_is_no_class_list(tmp_path, clone):
    """Though the only student's folder is where an archive has the export."""
    files = {"hw2-ada/hw2.py": CODE, "hw2-ada/roster.csv": b"id\nben\n", **clone}
    actual = read(written(tmp_path / "x", files))

    assert len(ids(actual)) == 1


def test_a_class_list_alone_is_a_class_that_handed_in_nothing(tmp_path):
    actual = read(written(tmp_path / "x", {"roster.csv": b"id\nada\nben\n"}))

    assert problems(actual) == dict.fromkeys(("ada", "ben"), "nothing was handed in")


def test_a_made_up_class_is_the_same_every_time_and_has_every_oddity(tmp_path):
    one, other = class_of(60, [CODE, b"x"]), class_of(60, [CODE, b"x"])

    assert one == other
    assert sum(len(hand_in.students) for hand_in in one) == 60
    assert len({hand_in.students[0].name for hand_in in one}) < len(one)


# ---- some of it ---------------------------------------------------------------------------

ADA, BEN = Student("1", "Ada Lovelace", "ada@x.edu", "007"), Student("2", "Ben", "ben@x.edu", "008")
CLASS = Export("folders", (Entry("group", (ADA, BEN), {}), Entry("alone", (Student("3"),), {})))


@pytest.mark.parametrize(
    ("only", "skip", "expected"),
    [
        ([], [], ["1", "2", "3"]),
        (["1"], [], ["1"]),
        (["008"], [], ["2"]),
        (["ADA@x.edu", "3"], [], ["1", "3"]),
        (["group"], [], ["1", "2"]),
        ([], ["group"], ["3"]),
        ([], ["1", "alone"], ["2"]),
        (["group"], ["2"], ["1"]),
        (["1"], ["1"], []),
    ],
)
def test_students_are_selected_by_whatever_they_are_called(only, skip, expected):
    assert ids(selected(CLASS, only, skip)) == expected


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("ada@x.ed", r"ada@x.ed \(near: ada@x.edu"),
        ("lovelace", r"lovelace \(near: 1\)"),
        ("Ada Lovelace", r"Ada Lovelace \(near: 1\)"),
        ("nobody at all", "nobody at all; name an id"),
    ],
)
def test_who_is_unknown_is_a_fault_that_names_near_ones(word, near):
    for only, skip in (([word], []), ([], [word])):
        with pytest.raises(Fault, match=f"nobody here is called {near}"):
            selected(CLASS, only, skip)


def test_many_unknown_words_are_counted():
    with pytest.raises(Fault, match="called 10, 11, 12, 13, 14 and 3 more; name an id"):
        selected(Export("folders", (Entry("x", (Student("x"),), {}),)), [str(10 + k) for k in range(8)])


# ---- reports beside hand-ins ----------------------------------------------------------------


@pytest.mark.parametrize("level", ["", "week 3/"])
def test_reports_among_the_hand_ins_are_no_student(tmp_path, level):
    folder = written(tmp_path / "class", {f"{level}{name}/hw2.py": CODE for name in ("ada", "bob", "later")})
    top = folder / level
    for name in ("graded", "ada/graded"):
        (top / name / "feedback").mkdir(parents=True)
        (top / name / "feedback" / "ada.py").write_bytes(CODE)
        with opened(top / name / STORE):
            pass
    (top / "bob" / STORE).write_bytes(CODE)  # a student's file that is called so
    export = read(folder, out=top / "later")
    assert sorted(ids(export)) == ["ada", "bob"]
    assert all(sorted(entry.files) == ["hw2.py"] for entry in export.entries)
    told = {item.path: item.why for item in export.ignored}
    assert set(told) == {f"{level}{name}" for name in ("graded", "ada/graded", "later")}
    assert set(told.values()) == {module.REPORTS}
    assert sorted(ids(read(folder))) == ["ada", "bob", "later"]


def test_reports_are_not_written_into_the_export_itself(tmp_path):
    folder = written(tmp_path / "class", {"ada/hw2.py": CODE})
    with pytest.raises(Fault, match="name another folder with -o"):
        read(folder, out=folder / "ada" / "..")
