"""Processes that share a store are killed: nothing acknowledged is lost, and nothing is there twice."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import stored
from stored import PLAN, digest, of

from grader.batch.grades.store import differing, missing, opened, record_of

ROUNDS = 4


@pytest.fixture
def writer():
    """Starts a process that keeps hand-ins for ever; none outlives the test."""
    started = []

    def start(path, first, step):
        command = [sys.executable, stored.__file__, path, str(first), str(step)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def acknowledged(process, times):
    """How many hand-ins are on disk when the process has said so that often."""
    for _ in range(times):
        count = int(process.stdout.readline())
    return count


def killed(process, count):
    """How many were on disk when it died."""
    process.kill()
    rest = process.stdout.read().split("\n")[:-1]  # the last line may be half of one
    return int(rest[-1]) if rest else count


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("apart", [True, False], ids=["different hand-ins", "the same hand-ins"])
def test_two_writers_that_are_killed_lose_nothing(tmp_path, writer, seed, apart):
    path, dice = tmp_path / "class.db", random.Random(seed)
    done = set()
    for _ in range(2):  # the second time over what the first one left
        numbers = [(k, 2) if apart else (0, 1) for k in range(2)]
        writers = [writer(path, *each) for each in numbers]
        counts = [acknowledged(each, dice.randint(1, 4)) for each in writers]
        for process, count, (first, step) in zip(writers, counts, numbers, strict=True):
            done |= {first + step * k for k in range(killed(process, count))}
    with opened(path) as store:
        assert missing(store, map(digest, sorted(done)), PLAN) == {}
        assert all(record_of(store, digest(k), PLAN).problems == of(k).problems for k in sorted(done)[::9])
        assert differing(store) == ()
        assert store.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []
        (rows,) = store.db.execute("SELECT count(*) FROM result").fetchone()
        (hand_ins,) = store.db.execute("SELECT count(*) FROM hand_in").fetchone()
        assert rows == 3 * hand_ins >= 3 * len(done)
    with closing(sqlite3.connect(path)) as db:
        twice = "SELECT hand_in, problem FROM result GROUP BY hand_in, problem HAVING count(*) > 1"
        assert db.execute(twice).fetchall() == []
