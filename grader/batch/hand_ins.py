"""The hand-ins of an export as what is graded: source text, known by a digest of what grading sees of it.

Two students with the same files have the same hand-in, and it is graded once; their names are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from grader.batch.roster import Entry, Export
from grader.faults import Fault
from grader.submission import Submission, gathered


@dataclass(frozen=True)
class Taken:
    """An export that has been read: the digest of every entry by its id, "" where nothing can be graded."""

    export: Export
    digests: Mapping[str, str]

    @property
    def by_digest(self) -> dict[str, Entry]:
        """One entry for each hand-in."""
        entries = {entry.id: entry for entry in self.export.entries}
        return {digest: entries[entry] for entry, digest in self.digests.items() if digest}


def taken(export: Export, file: str) -> Taken:
    """Read them all; an entry whose files cannot be graded gets a sentence that says why."""
    digests, entries = {}, []
    for entry in export.entries:
        problem, ours, digest = entry.problem, entry.ours, ""
        if not problem:
            try:
                submission = read(entry, file)
                problem = "; ".join([submission.fault, *submission.remarks[:1]]) if submission.fault else ""
                digest = "" if problem else digest_of(submission)
            except Fault as fault:  # this machine does not let us read it
                problem, ours = str(fault), True
        digests[entry.id] = digest
        entries.append(replace(entry, problem=problem, ours=ours))
    return Taken(replace(export, entries=tuple(entries)), digests)


def read(entry: Entry, file: str) -> Submission:
    """Its source; without the student's name, so that the same files give the same record.

    Raises:
        Fault: this machine does not let us read it.
    """
    return gathered("the hand-in", entry.files, file)


def again(entry: Entry, digest: str, file: str) -> Submission:
    """The source of a hand-in of that digest, read once more: nothing else of it is kept.

    Raises:
        Fault: it has changed, or this machine does not let us read it.
    """
    submission = read(entry, file)
    if digest_of(submission) != digest:
        raise Fault(f"the hand-in {entry.id} has changed since the run began: leave the export as it is")
    return submission


def digest_of(submission: Submission) -> str:
    """Of everything that a record tells of it."""
    told = "\0".join([submission.digest, submission.main, submission.file, *submission.remarks])
    return sha256(told.encode("utf-8", "backslashreplace")).hexdigest()
