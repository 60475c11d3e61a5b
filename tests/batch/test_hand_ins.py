"""What is read of a hand-in before it is graded, and what is said where nothing can be."""

import stat
import zipfile

from grader.batch.hand_ins import taken
from grader.batch.roster import Entry, Export, Student


def read(path):
    (entry,) = taken(
        Export("folders", (Entry("ada", (Student("ada"),), {path.name: path}),)), "hw2"
    ).export.entries
    return entry


def test_a_zip_that_holds_a_link_alone_is_told_as_such(tmp_path):
    link = zipfile.ZipInfo("hw2.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as archive:
        archive.writestr(link, "../ben/hw2.py")
    entry = read(tmp_path / "work.zip")
    assert entry.problem == (
        "there is no hw2.py or hw2.ipynb in the hand-in: it has no Python file or notebook; "
        "hw2.py is a link and was passed over"
    )
    assert not entry.ours


def test_what_was_passed_over_beside_a_hand_in_is_no_problem(tmp_path):
    link = zipfile.ZipInfo("other.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as archive:
        archive.writestr(link, "../ben/hw2.py")
        archive.writestr("hw2.py", "ONE = 1")
    assert read(tmp_path / "work.zip").problem == ""
