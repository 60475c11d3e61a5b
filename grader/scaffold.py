"""A new assignment from the template: it is there whole, with a secret seed of its own, or not at all.

The template is an assignment itself, which the suite proves; nothing in it is filled in but the seed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from grader.faults import Fault

TEMPLATE = Path(__file__).parent / "template"
SEED = Path("reference", "seed.txt")
FILES = {  # what is written, and what it is for
    "assignment.toml": "title, points, topics; every option with its default",
    "problems/quadratic.py": "public: the statement, the given function, what is asked",
    "reference/quadratic.py": "private: the formulas with their derivation, known mistakes",
    str(SEED): "private: the seed of the hidden cases, drawn for you",
    "submissions_example/right/hw.py": "a hand-in, and in expected.toml what it must get",
    "submissions_example/right/expected.toml": "",
    "test_assignment.py": "for continuous integration: pytest test_assignment.py",
}


def scaffold(folder: Path) -> dict[str, str]:
    """Write a new assignment into a folder that is made; its files, and what each is for.

    Raises:
        Fault: there is something of that name already, or it cannot be written.
    """
    if not TEMPLATE.is_dir():
        raise Fault("this grader came with a handout or a bundle, without a template: install the whole one")
    if os.path.lexists(folder):
        raise Fault(f"{folder} is there already: name a new folder")
    part = folder.with_name(f".{folder.name}.{token_hex(4)}.part")
    try:
        for name in FILES:
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            if name != str(SEED):
                shutil.copyfile(TEMPLATE / name, part / name)
        (part / SEED).write_text(f"{token_hex(32)}\n", encoding="utf-8")
        part.rename(folder)
    except OSError as error:
        raise Fault(f"{folder} cannot be written: {error.strerror}; name another folder") from None
    finally:
        with suppress(OSError):
            shutil.rmtree(part)
    return FILES
