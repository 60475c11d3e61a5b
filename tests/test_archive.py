"""A zip of the same members is the same file."""

import zipfile

from grader.archive import members, zipped


def test_the_order_of_the_members_makes_no_difference():
    two = {"b.txt": b"2", "a/c.txt": b"1"}
    assert zipped(two) == zipped(dict(reversed(two.items())))
    assert members(zipped(two)) == two


def test_what_is_unpacked_can_be_read_by_everybody(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"hw/a.txt": b"1"}))
    (info,) = zipfile.ZipFile(tmp_path / "a.zip").infolist()
    assert (info.external_attr >> 16, info.date_time[0]) == (0o100644, 1980)
