"""Archives that are damaged, hostile or odd: what is in them costs itself, and nothing is written outside."""

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from exports import tarred, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.exports import unpack as module
from grader.batch.exports.contents import Contents, Piece, levels, loose, tops
from grader.batch.exports.unpack import unpacked
from grader.faults import Fault

FORMS = {".zip": zipped, ".tar.gz": tarred, ".tgz": tarred}
CODE = b"def f(x):\n    return x\n"


@pytest.fixture
def opened(tmp_path):
    """Unpack these bytes as an archive of that form."""

    def unpack(data: bytes, form: str = ".zip") -> Contents:
        path = tmp_path / f"export{form}"
        path.write_bytes(data)
        room = tmp_path / "room"
        room.mkdir()
        return unpacked(path, room)

    return unpack


def texts(contents: Contents) -> dict[str, bytes]:
    return {path: piece.file.read_bytes() for path, piece in contents.pieces.items() if piece.file}


def reasons(contents: Contents) -> dict[str, tuple[str, bool]]:
    return {path: (piece.why, piece.ours) for path, piece in contents.pieces.items() if piece.why}


def odd_zip(*members: tuple[str, bytes, dict]) -> bytes:
    """A zip whose members have fields of their own."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, fields in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for field, value in fields.items():
                setattr(info, field, value)
            archive.writestr(info, data)
    return stream.getvalue()


def odd_tar(*members: tuple[str, int]) -> bytes:
    """A tar.gz whose members are of these types, with a source at its end."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, kind in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("ada/hw2.py")
        info.size = len(CODE)
        archive.addfile(info, io.BytesIO(CODE))
    return stream.getvalue()


# ---- what is unpacked ---------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_sources_and_zips_are_unpacked_under_harmless_names(opened, tmp_path, form):
    members = {
        "ada/hw2.py": CODE,
        "ada/🧮, 'x' \"y\".py": b"1",
        "ben/work.ZIP": b"PK",
        "cleo/hw2.ipynb": b"{}",
    }

    actual = opened(FORMS[form](members), form)

    assert texts(actual) == members
    assert all(path.name.isdigit() and path.parent == tmp_path / "room" for path in room_of(actual))


def room_of(contents: Contents) -> list[Path]:
    return [piece.file for piece in contents.pieces.values() if piece.file]


@pytest.mark.parametrize("form", FORMS)
def test_what_no_hand_in_is_read_from_is_known_and_not_unpacked(opened, tmp_path, form):
    actual = opened(FORMS[form]({"ada/report.pdf": b"%PDF", "ada/data.csv": b"1"}), form)

    assert actual.pieces == {"ada/report.pdf": Piece(), "ada/data.csv": Piece()}
    assert list((tmp_path / "room").iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
def test_the_tables_of_an_export_are_unpacked_where_they_can_stand(opened, form):
    members = {
        f"{depth}{name}": b"-"
        for depth in ("", "x/", "x/y/")
        for name in ("submission_metadata.yml", "roster.csv")
    }

    assert sorted(texts(opened(FORMS[form](members), form))) == [
        *("roster.csv", "submission_metadata.yml", "x/roster.csv", "x/submission_metadata.yml"),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_clutter_is_passed_over_in_silence_and_its_folder_is_known(opened, form):
    clutter = [
        "__MACOSX/ada/._hw2.py",
        "ada/.git/a.py",
        "ada/.DS_Store",
        "ada/._hw2.py",
        "ada/__pycache__/a.py",
    ]

    actual = opened(FORMS[form](dict.fromkeys(clutter, CODE)), form)

    assert (actual.pieces, actual.stray) == ({}, ())
    assert list(tops(actual)) == ["ada"]
    assert tops(actual)["ada"].folders == {".git", "__pycache__"}


@pytest.mark.parametrize("form", FORMS)
def test_folders_with_nothing_in_them_are_known(opened, form):
    actual = opened(FORMS[form]({"class/ada/": b"", "class/ben/": b""}), form)

    assert list(tops(levels(actual)[-1])) == ["ada", "ben"]


@pytest.mark.parametrize("form", FORMS)
def test_backslashes_dots_and_double_slashes_are_one_way_to_write_a_path(opened, form):
    actual = opened(FORMS[form]({"./ada//a.py": b"1", "ada\\b.py": b"2"}), form)

    assert texts(actual) == {"ada/a.py": b"1", "ada/b.py": b"2"}


# ---- what is not --------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "name", ["../evil.py", "/etc/evil.py", "C:\\evil.py", "a/../../../b.py", "//x/evil.py"]
)
def test_nothing_is_written_outside_the_room(opened, tmp_path, form, name):
    before = set(tmp_path.rglob("*"))

    actual = opened(FORMS[form]({name: CODE, "ada/hw2.py": CODE}), form)

    assert texts(actual) == {"ada/hw2.py": CODE}
    assert {path.parent for path in set(tmp_path.rglob("*")) - before if path.is_file()} <= {
        tmp_path,
        tmp_path / "room",
    }
    told = [item.path for item in actual.stray] + list(reasons(actual))
    assert len(told) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_path_that_leads_out_of_a_students_folder_is_still_the_students(opened, form):
    actual = opened(FORMS[form]({"ada/../../x.py": CODE}), form)

    assert list(tops(actual)) == ["ada"]
    assert reasons(actual) == {"ada/../../x.py": ("points outside its folder", False)}


def test_links_and_devices_are_passed_over(opened):
    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE]

    actual = opened(odd_tar(*((f"ada/{k}.py", kind) for k, kind in enumerate(kinds))), ".tar.gz")

    assert texts(actual) == {"ada/hw2.py": CODE}
    assert set(reasons(actual).values()) == {("is a link or a device and was passed over", False)}
    assert len(reasons(actual)) == len(kinds)


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o010644])
def test_links_and_devices_in_a_zip_are_passed_over(opened, mode):
    data = odd_zip(("ada/a.py", b"/etc/passwd", {"external_attr": mode << 16, "create_system": 3}))

    actual = opened(data)

    assert reasons(actual) == {"ada/a.py": ("is a link or a device and was passed over", False)}


def test_of_two_files_with_one_path_none_is_taken(opened):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for name, data in (("a/x.py", b"1"), ("a/x.py", b"2"), ("a/y.py", b"3"), ("a/y.py", b"3")):
            archive.writestr(name, data)

    actual = opened(stream.getvalue())

    assert texts(actual) == {"a/y.py": b"3"}
    assert reasons(actual) == {"a/x.py": ("is there twice, with different content", True)}


# ---- too much -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_no_hand_in_is_read_from_for_its_size_is_left(opened, monkeypatch, form):
    monkeypatch.setattr(module, "LARGEST", 100)
    data = os.urandom(101)

    actual = opened(FORMS[form]({"a/large.py": data, "a/small.py": data[:100]}), form)

    assert list(texts(actual)) == ["a/small.py"]
    assert reasons(actual) == {"a/large.py": ("is larger than 0 MiB", False)}


def test_a_bomb_is_left(opened):
    actual = opened(zipped({"a/bomb.py": b"#" * (2 << 20), "b/hw2.py": CODE}))

    assert list(texts(actual)) == ["b/hw2.py"]
    assert reasons(actual) == {"a/bomb.py": ("unpacks to more than 200 times its size", False)}


def test_a_bomb_in_a_tar_is_the_end_of_it(opened):
    with pytest.raises(Fault, match="it unpacks to far more than its size"):
        opened(gzip.compress(b"\0" * 512 + bytes(400 << 20), 1), ".tar.gz")


@pytest.mark.parametrize("form", FORMS)
def test_what_is_too_much_together_costs_the_largest(opened, monkeypatch, form):
    monkeypatch.setattr(module, "MOST_BYTES", 3 << 20)
    large = {f"bomber/{k}.py": os.urandom(1 << 20) for k in range(4)}

    actual = opened(FORMS[form]({**large, "ada/hw2.py": CODE}), form)

    assert "ada/hw2.py" in texts(actual)
    assert sum(map(len, texts(actual).values())) <= 3 << 20
    ((why, ours),) = set(reasons(actual).values())
    assert (why, ours) == ("was left out: all files together have more than 0 GiB", True)


@pytest.mark.parametrize("form", FORMS)
def test_too_many_files_are_refused(opened, monkeypatch, form):
    monkeypatch.setattr(module, "MOST_FILES", 3)

    with pytest.raises(Fault, match="has more than 3 files"):
        opened(FORMS[form]({f"{k}.py": b"" for k in range(5)}), form)


# ---- damage -------------------------------------------------------------------------------


def test_a_damaged_member_costs_itself(opened):
    data = bytearray(zipped({"a/hw2.py": CODE * 9, "b/hw2.py": CODE}))
    at = data.index(b"a/hw2.py") + len(b"a/hw2.py") + 4
    data[at : at + 8] = b"\xff" * 8

    actual = opened(bytes(data))

    assert list(texts(actual)) == ["b/hw2.py"]
    ((why, ours),) = reasons(actual).values()
    assert why.startswith("cannot be unpacked (")
    assert ours


def test_a_member_that_needs_a_password_costs_itself(opened):
    data = bytearray(zipped({"a/hw2.py": CODE, "b/hw2.py": CODE}))
    data[data.index(b"PK\1\2") + 8] |= 1

    assert reasons(opened(bytes(data))) == {"a/hw2.py": ("is encrypted", True)}


def test_an_encrypted_archive_is_refused(opened):
    data = bytearray(zipped({"a/hw2.py": CODE}))
    data[data.index(b"PK\1\2") + 8] |= 1

    with pytest.raises(Fault, match=r"export\.zip is encrypted; unpack it yourself and name the folder"):
        opened(bytes(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_unpacks_without_limit_is_refused(opened, method):
    actual = opened(odd_zip(("a/hw2.py", CODE, {"compress_type": method})))

    assert reasons(actual) == {"a/hw2.py": ("is packed in an unusual way", True)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cut", [0, 1, 40, -1, -30])
def test_an_archive_that_is_cut_short_is_refused(opened, form, cut):
    data = FORMS[form]({f"{k}/hw2.py": os.urandom(2000) for k in range(20)})

    with pytest.raises(Fault, match=r"is damaged, or no such archive \(.*\); download it again"):
        opened(data[:cut], form)


@pytest.mark.parametrize("form", FORMS)
def test_a_page_that_was_saved_instead_is_refused(opened, form):
    with pytest.raises(Fault, match="is damaged, or no such archive"):
        opened(b"<html>Please log in", form)


def test_a_tar_whose_content_was_changed_is_refused(opened):
    data = bytearray(gzip.compress(gzip.decompress(tarred({"a/hw2.py": CODE})), 0))
    at = data.index(CODE)
    data[at] ^= 1

    with pytest.raises(Fault, match="is damaged"):
        opened(bytes(data), ".tar.gz")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_damage_is_a_fault_or_costs_members(tmp_path_factory, data):
    form = data.draw(st.sampled_from(sorted(FORMS)))
    archive = bytearray(FORMS[form]({"ada/hw2.py": CODE, "ben/hw2.py": b"x = 1\n" * 50, "cleo/": b""}))
    for at in data.draw(st.lists(st.integers(0, len(archive) - 1), min_size=1, max_size=4)):
        archive[at] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("damage")
    path = folder / f"export{form}"
    path.write_bytes(archive)
    (folder / "room").mkdir()

    try:
        actual = unpacked(path, folder / "room")
    except Fault:
        return
    for content in texts(actual).values():  # what is taken is what was packed
        assert content in (CODE, b"x = 1\n" * 50)


def test_a_room_that_cannot_be_written_is_our_fault(opened, tmp_path):
    (tmp_path / "export.zip").write_bytes(zipped({"a.py": CODE}))

    with pytest.raises(Fault, match=r"nowhere cannot be written: No such file or directory"):
        unpacked(tmp_path / "export.zip", tmp_path / "nowhere")


def test_the_files_at_the_top_are_loose(opened):
    assert list(loose(opened(zipped({"b.py": b"", "a.py": b"", "x/c.py": b""})))) == ["a.py", "b.py"]
