"""The file of a store: its tables, and whose file it is. It is there whole or not at all.

What was graded is a row that is never changed; two different results of the same input are two rows. Digests,
which are long, stand in the file once and are numbers elsewhere; numbers are the file's own, and a merge goes
by digests.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex

from grader.batch.grades.filesystem import APPLICATION
from grader.faults import Fault

VERSION = 1
NO_STORE = "{path} is no store of grader's: choose another path"
PATIENCE = 30.0  # seconds that a writer waits for another
CACHE = 8 << 10  # KiB of the file that a connection keeps, else the driver of a large class grows by 64 MiB

TABLES = """
CREATE TABLE hand_in (number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
CREATE TABLE fingerprint (number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
CREATE TABLE problem (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, fingerprint TEXT NOT NULL, UNIQUE (name, fingerprint)
);
CREATE TABLE plan (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE,
    environment INTEGER NOT NULL REFERENCES fingerprint, whole INTEGER NOT NULL REFERENCES fingerprint
);
CREATE TABLE asked (  -- the plan's problems in the assignment's order
    plan INTEGER NOT NULL REFERENCES plan, place INTEGER NOT NULL,
    problem INTEGER NOT NULL REFERENCES problem, PRIMARY KEY (plan, place)
) WITHOUT ROWID;

CREATE TABLE whole (
    number INTEGER PRIMARY KEY,
    hand_in INTEGER NOT NULL REFERENCES hand_in, environment INTEGER NOT NULL REFERENCES fingerprint,
    whole INTEGER NOT NULL REFERENCES fingerprint, content BLOB NOT NULL,
    at INTEGER NOT NULL, differs INTEGER NOT NULL DEFAULT 0, text BLOB NOT NULL,
    UNIQUE (hand_in, environment, whole, content)
);
CREATE TABLE result (  -- narrow, because every report reads all of it; the rest is in told
    number INTEGER PRIMARY KEY,
    hand_in INTEGER NOT NULL REFERENCES hand_in, environment INTEGER NOT NULL REFERENCES fingerprint,
    problem INTEGER NOT NULL REFERENCES problem, content BLOB NOT NULL,
    at INTEGER NOT NULL, differs INTEGER NOT NULL DEFAULT 0,
    verdict TEXT NOT NULL, score TEXT NOT NULL, points TEXT NOT NULL, diagnosis TEXT NOT NULL,
    UNIQUE (hand_in, environment, problem, content)
);
CREATE TABLE pattern (
    number INTEGER PRIMARY KEY, problem INTEGER NOT NULL REFERENCES problem,
    content BLOB NOT NULL, text BLOB NOT NULL, UNIQUE (problem, content)
);
CREATE TABLE told (
    result INTEGER PRIMARY KEY REFERENCES result,
    family TEXT NOT NULL, place TEXT NOT NULL, sentence TEXT NOT NULL, example TEXT NOT NULL,
    numerical TEXT NOT NULL, pattern INTEGER NOT NULL REFERENCES pattern, text BLOB NOT NULL
);
CREATE TABLE attempt (  -- a log; a reason is why grading failed, "" where it did not
    hand_in INTEGER NOT NULL REFERENCES hand_in, plan INTEGER NOT NULL REFERENCES plan, at INTEGER NOT NULL,
    lane TEXT NOT NULL, seconds REAL NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (hand_in, plan, at, lane, seconds, reason)
) WITHOUT ROWID;

CREATE TABLE run (
    number INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, title TEXT NOT NULL, who TEXT NOT NULL,
    host TEXT NOT NULL, arguments TEXT NOT NULL, plan INTEGER NOT NULL REFERENCES plan,
    started INTEGER NOT NULL, finished INTEGER
);
CREATE TABLE handed (
    run INTEGER NOT NULL REFERENCES run, student TEXT NOT NULL, entry TEXT NOT NULL,
    hand_in INTEGER REFERENCES hand_in, why TEXT NOT NULL, PRIMARY KEY (run, student)
) WITHOUT ROWID;
CREATE TABLE override (  -- a score of "" withdraws
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, title TEXT NOT NULL, student TEXT NOT NULL,
    problem TEXT NOT NULL, score TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
    UNIQUE (title, student, problem, at, score, who, why)
);

CREATE INDEX result_differing ON result (number) WHERE differs;
CREATE INDEX whole_differing ON whole (number) WHERE differs;
CREATE VIEW differing AS
    SELECT hand_in.digest AS hand_in, fingerprint.digest AS environment, problem.name AS problem,
           problem.fingerprint AS fingerprint, verdict, score, at
    FROM result JOIN hand_in ON hand_in.number = result.hand_in
    JOIN fingerprint ON fingerprint.number = result.environment
    JOIN problem ON problem.number = result.problem WHERE result.differs
    UNION ALL
    SELECT hand_in.digest, environment.digest, '', whole_print.digest, '', '', at
    FROM whole JOIN hand_in ON hand_in.number = whole.hand_in
    JOIN fingerprint AS environment ON environment.number = whole.environment
    JOIN fingerprint AS whole_print ON whole_print.number = whole.whole WHERE whole.differs;

CREATE TRIGGER result_differs AFTER INSERT ON result
WHEN EXISTS (SELECT 1 FROM result WHERE hand_in = new.hand_in AND environment = new.environment
             AND problem = new.problem AND content <> new.content)
BEGIN
    UPDATE result SET differs = 1
    WHERE hand_in = new.hand_in AND environment = new.environment AND problem = new.problem;
END;
CREATE TRIGGER whole_differs AFTER INSERT ON whole
WHEN EXISTS (SELECT 1 FROM whole WHERE hand_in = new.hand_in AND environment = new.environment
             AND whole = new.whole AND content <> new.content)
BEGIN
    UPDATE whole SET differs = 1
    WHERE hand_in = new.hand_in AND environment = new.environment AND whole = new.whole;
END;
CREATE TRIGGER result_stays BEFORE UPDATE OF hand_in, environment, problem, content, verdict, score, points,
    diagnosis ON result BEGIN SELECT raise(ABORT, 'a result is never changed'); END;
CREATE TRIGGER result_kept BEFORE DELETE ON result
BEGIN SELECT raise(ABORT, 'a result is never deleted'); END;
CREATE TRIGGER override_stays BEFORE UPDATE ON override
BEGIN SELECT raise(ABORT, 'an override is never changed'); END;
CREATE TRIGGER override_kept BEFORE DELETE ON override
BEGIN SELECT raise(ABORT, 'an override is never deleted'); END;
"""


def connected(path: Path) -> sqlite3.Connection:
    """A connection to the store at `path`, which is created if nothing is there.

    Raises:
        Fault: it is no store, or one of a newer grader; or its folder cannot be written.
    """
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise Fault(f"{path} needs a folder that can be written, for its log: {folder} is none")
    if not path.exists():
        _create(path)
    db = sqlite3.connect(path.absolute(), timeout=PATIENCE, isolation_level=None, uri=True)
    try:
        see_that_it_is_a_store(db, path)
        _prepare(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise Fault(f"{path} is where SQLite cannot keep a log beside a file: use a local path")
    cache = f"cache_size = -{CACHE}"
    for setting in ("synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", cache):
        db.execute(f"PRAGMA {setting}")


def see_that_it_is_a_store(db: sqlite3.Connection, path: Path, name: str = "main") -> None:
    """Refuse another program's file.

    Raises:
        Fault: it is one, or a newer grader's.
    """
    application, version = (
        db.execute(f"PRAGMA {name}.{field}").fetchone()[0] for field in ("application_id", "user_version")
    )
    if application != APPLICATION:
        raise Fault(NO_STORE.format(path=path))
    if version > VERSION:
        raise Fault(f"{path} was written by a newer grader (version {version}): use that one")


def _create(path: Path) -> None:
    """All tables in a file of another name, then its name: two who create it at once get the same one."""
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as db:
            db.executescript(f"BEGIN;{TABLES}COMMIT;")
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("PRAGMA journal_mode = WAL")
        named(part, path)
    except FileExistsError:
        pass  # another process was first
    finally:
        part.unlink(missing_ok=True)


def named(part: Path, path: Path) -> None:
    """Give a complete file its name, for good: the folder's entry is on disk, too.

    Raises:
        FileExistsError: there is a file of that name, which stays what it was.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)
    with suppress(OSError):
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
