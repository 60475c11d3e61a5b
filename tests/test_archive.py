"""A zip of the same members is the same file."""

import zipfile

import pytest

from grader.archive import members, write, zipped
from grader.faults import Fault


def test_the_order_of_the_members_makes_no_difference():
    two = {"b.txt": b"2", "a/c.txt": b"1"}
    assert zipped(two) == zipped(dict(reversed(two.items())))
    assert members(zipped(two)) == two


def test_what_is_unpacked_can_be_read_by_everybody(tmp_path):
    write(tmp_path / "a.zip", zipped({"hw/a.txt": b"1"}))
    (info,) = zipfile.ZipFile(tmp_path / "a.zip").infolist()
    assert (info.external_attr >> 16, info.date_time[0]) == (0o100644, 1980)


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"old")
    write(tmp_path / "a.zip", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.zip", b"new")]


@pytest.mark.parametrize("place", ["missing/a.zip", "folder", "file/a.zip"])
def test_where_it_cannot_be_written_one_sentence_says_so(place, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match=r"cannot be written: .*; name a place that can"):
        write(tmp_path / place, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
