"""GitHub Classroom: clones named `<assignment>-<username>`, as `gh classroom clone student-repos` has it.

    hw2-submissions/hw2-ada/.git    hw2-submissions/hw2-ben/.git

What all names begin with, up to a hyphen, is the assignment. A folder with a `.git` in it is a clone.
"""

from __future__ import annotations

from grader.batch.exports.contents import Contents, entry, is_ours, loose, passed_over, tops
from grader.batch.exports.people import distinct
from grader.batch.roster import Export, Ignored, Student

NAME = "GitHub Classroom"


def share(contents: Contents) -> float:
    """How many of the folders are clones."""
    folders = tops(contents)
    return sum(".git" in within.folders for within in folders.values()) / max(len(folders), 1)


def export(contents: Contents) -> Export:
    """An entry for every clone; the username is the student's id."""
    folders = tops(contents)
    begins = len(_assignment(list(folders)))
    ids = distinct(name[begins:] or name for name in folders)
    entries, ignored = [], list(contents.stray)
    for id_, (name, within) in zip(ids, folders.items(), strict=True):
        entries.append(entry(name, (Student(id_),), within.pieces))
        ignored += passed_over(entries[-1], within.pieces, f"{name}/")
    ignored += [Ignored(path, "it is in no clone") for path in loose(contents) if not is_ours(path)]
    whole = f"ids are what follows {next(iter(folders), '')[:begins]} in the names of all clones here"
    note = f"{whole}; in an export of others they may be longer or shorter"
    return Export(NAME, tuple(entries), tuple(ignored), (note,) if begins else ())


def _assignment(names: list[str]) -> str:
    """What all begin with, with its last hyphen; of one name, what is before the last."""
    first, last = min(names, default=""), max(names, default="")  # the two that differ soonest
    common = next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("-", 0, common) + 1]
