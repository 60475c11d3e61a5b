"""A file is a store of this grader's, whole, or it is left alone."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from stored import PLAN, digest, record

from grader.batch.grades import schema
from grader.batch.grades.filesystem import APPLICATION
from grader.batch.grades.schema import VERSION, named
from grader.batch.grades.store import add, differing, opened, record_of
from grader.faults import Fault


def opening(path):
    with opened(path):
        pass


def test_a_store_is_created_and_says_what_it_is(tmp_path):
    opening(tmp_path / "class.db")
    assert [path.name for path in tmp_path.iterdir()] == ["class.db"]
    with closing(sqlite3.connect(tmp_path / "class.db")) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


@pytest.mark.parametrize("content", [b"", b"a,b,c\n" * 1000, b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_of_another_kind_is_refused_and_stays_what_it_is(tmp_path, content):
    (tmp_path / "class.db").write_bytes(content)
    with pytest.raises(Fault, match=r"class.db is no store of grader's: choose another path"):
        opening(tmp_path / "class.db")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("class.db", content)]


def test_another_programs_database_is_refused_and_stays_what_it_is(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE run (x)")
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(Fault, match=r"other.db is no store of grader's"):
        opening(tmp_path / "other.db")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("other.db", before)]


def test_a_newer_graders_store_is_refused(tmp_path):
    opening(tmp_path / "class.db")
    with closing(sqlite3.connect(tmp_path / "class.db")) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(Fault, match=rf"written by a newer grader \(version {VERSION + 1}\): use that one"):
        opening(tmp_path / "class.db")


@pytest.mark.parametrize("place", ["missing/class.db", "file/class.db"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match=r"class.db needs a folder that can be written, for its log: .* is none"):
        opening(tmp_path / place)


@pytest.mark.parametrize("folder", ["/proc", "/sys"])
def test_a_folder_where_nothing_can_be_created_is_refused(folder):
    if not Path(folder).is_dir():
        pytest.skip(f"there is no {folder}")
    with pytest.raises(Fault, match=r"class.db (needs a folder that|cannot be used)"):
        opening(Path(folder, "class.db"))


def test_links_in_a_circle_are_no_store(tmp_path):
    (tmp_path / "class.db").symlink_to("class.db")
    with pytest.raises(Fault, match=r"class.db cannot be"):
        opening(tmp_path / "class.db")


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(Fault, match="cannot be used"):
        opening(tmp_path)


def test_a_damaged_store_is_told_in_one_sentence(tmp_path):
    path = tmp_path / "class.db"
    with opened(path) as store:
        add(store, digest("a"), PLAN, record(), "1", 0.1)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(Fault, match=r"class.db cannot be used .*; look at its disk"), opened(path) as store:
        record_of(store, digest("a"), PLAN)


@pytest.mark.parametrize("name", ["my class?mode=ro#1.db", "50%41.db", "übung 🎓.db", "file:x.db", "-x"])
def test_a_store_may_have_any_name(tmp_path, name):
    opening(tmp_path / name)
    opening(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_store_is_found_by_a_relative_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opening(Path("file:class.db"))
    assert (tmp_path / "file:class.db").is_file()


def test_several_create_the_same_store(tmp_path):
    path = tmp_path / "class.db"

    def fill(k):
        with opened(path) as store:
            add(store, digest(k), PLAN, record(), "1", 0.1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, range(16)))
    with opened(path) as store:
        assert store.db.execute("SELECT count(*) FROM hand_in").fetchone() == (16,)
        assert differing(store) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["class.db"]


def test_a_store_that_another_process_creates_meanwhile_is_taken(tmp_path, monkeypatch):
    def late(part, path):
        monkeypatch.undo()
        opening(path)
        named(part, path)

    monkeypatch.setattr(schema, "named", late)
    opening(tmp_path / "class.db")
    assert [path.name for path in tmp_path.iterdir()] == ["class.db"]


@pytest.mark.parametrize("links", [True, False])
def test_no_file_loses_its_name(tmp_path, monkeypatch, links):
    (tmp_path / "part").write_text("new")
    (tmp_path / "class.db").write_text("precious")
    if not links:
        monkeypatch.setattr(schema.os, "link", no_link)
    with pytest.raises(FileExistsError):
        named(tmp_path / "part", tmp_path / "class.db")
    assert (tmp_path / "class.db").read_text() == "precious"


def no_link(*_):
    raise PermissionError(1, "Operation not permitted")


def test_where_there_are_no_links_a_store_is_created_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(schema.os, "link", no_link)
    opening(tmp_path / "class.db")
    opening(tmp_path / "class.db")
    assert [path.name for path in tmp_path.iterdir()] == ["class.db"]
