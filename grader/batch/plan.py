"""What verdicts depend on, as fingerprints: the same ones mean the same verdict.

In the file a digest, a problem and a plan are numbers; here one becomes the other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Plan:
    """Fingerprints, in hex: of the environment, of what concerns a hand-in as a whole, of each problem.

    A problem's is of all that its verdict depends on. The problems are in the assignment's order.
    """

    environment: str
    whole: str
    problems: Mapping[str, str]


def known(db: sqlite3.Connection, table: str, **key: str) -> int | None:
    """The number of a row, if there is one."""
    where = " AND ".join(f"{name} = :{name}" for name in key)
    found = db.execute(f"SELECT number FROM {table} WHERE {where}", key).fetchone()
    return int(found[0]) if found else None


def number(db: sqlite3.Connection, table: str, **key: str) -> int:
    """The number of a row that is there, or is from now on."""
    found = known(db, table, **key)
    if found is not None:
        return found
    names, marks = ", ".join(key), ", ".join(f":{name}" for name in key)
    return int(db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", key).lastrowid or 0)


def digest(plan: Plan) -> str:
    """The same for the same fingerprints in the same order."""
    text = json.dumps([plan.environment, plan.whole, list(plan.problems.items())])
    return sha256(text.encode()).hexdigest()


def plan_number(db: sqlite3.Connection, plan: Plan) -> int:
    """The number of a plan that is there, or is from now on."""
    found = known(db, "plan", digest=digest(plan))
    if found is not None:
        return found
    row = (
        digest(plan),
        number(db, "fingerprint", digest=plan.environment),
        number(db, "fingerprint", digest=plan.whole),
    )
    db.execute("INSERT INTO plan (digest, environment, whole) VALUES (?, ?, ?)", row)
    new = number(db, "plan", digest=row[0])
    for place, (name, fingerprint) in enumerate(plan.problems.items()):
        problem = number(db, "problem", name=name, fingerprint=fingerprint)
        db.execute("INSERT INTO asked VALUES (?, ?, ?)", (new, place, problem))
    return new


def plan_of(db: sqlite3.Connection, number: int) -> Plan:
    """The plan of that number."""
    environment, whole = db.execute(
        "SELECT environment.digest, whole.digest FROM plan"
        " JOIN fingerprint AS environment ON environment.number = plan.environment"
        " JOIN fingerprint AS whole ON whole.number = plan.whole WHERE plan.number = ?",
        (number,),
    ).fetchone()
    problems = db.execute(
        "SELECT name, fingerprint FROM asked JOIN problem ON problem.number = asked.problem"
        " WHERE asked.plan = ? ORDER BY place",
        (number,),
    )
    return Plan(environment, whole, dict(problems))
