"""Hand-ins whose form is the attack: archives, links, pipes, bytes that are no text. Made when needed.

A maker gets an empty folder to work in and the course's folder, and returns the path of the hand-in.
"""

import json
import os
import stat
import warnings
import zipfile
from pathlib import Path

RIGHT = (Path(__file__).parent / "hostile" / "right.py").read_text(encoding="utf-8")
GRADIENT = "    return 3 * x**2\n"
DEEP = 100_000


def script(data, name="hw2.py"):
    """A maker of one file with these bytes."""

    def make(folder, _course):
        path = folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return make


def archive(*members):
    """A maker of a zip file; a member is (name, text), and a kind of file where it is no ordinary one."""

    def make(folder, _course):
        with zipfile.ZipFile(folder / "hw2.zip", "w") as packed, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name that is there already
            for name, text, *kind in members:
                information = zipfile.ZipInfo(name)
                information.compress_type = zipfile.ZIP_DEFLATED
                information.external_attr = ((kind[0] if kind else stat.S_IFREG) | 0o644) << 16
                packed.writestr(information, text)
        return folder / "hw2.zip"

    return make


def files(texts, links=()):
    """A maker of a folder: texts by name, and links by name with where they lead to inside the course."""

    def make(folder, course):
        for name, text in dict(texts).items():
            (folder / name).write_text(text, encoding="utf-8")
        for name, target in dict(links).items():
            (folder / name).symlink_to(course / target)
        return folder

    return make


def instead(body):
    """The right hand-in with another body of `gradient`."""
    return RIGHT.replace(GRADIENT, body)


def pipe(folder, _course):
    os.mkfifo(folder / "hw2.py")
    return folder


def hole(folder, _course):
    path = folder / "hw2.py"
    path.write_text(RIGHT, encoding="utf-8")
    os.truncate(path, 10 << 30)
    return path


def brackets(folder, _course):
    path = folder / "hw2.ipynb"
    source = json.dumps({"cell_type": "code", "source": [RIGHT]})
    path.write_text(f'{{"nbformat": 4, "cells": [{source}], "x": [{"[]," * 1_000_000}0]}}', encoding="utf-8")
    return path


GRADERS = {
    "hw2.py": instead(
        "    import grader, reference, __main__\n"
        "    return 3 * x**2 if hasattr(grader, 'HOSTILE') else 0 * x\n"
    ),
    "conftest.py": "import os\nos._exit(9)\n",
    "__main__.py": "import os\nos._exit(9)\n",
    "grader.py": "HOSTILE = True\n",
    "reference.py": "def gradient(x): return 0 * x\n",
    "assignment.toml": "points = 0\n",
    "pytest.ini": "[pytest]\n",
}
LINK, DEVICE = stat.S_IFLNK, stat.S_IFBLK

FORMS = {
    "21_zip_bomb": archive(("hw2.py", RIGHT + "\n" * 40_000_000)),
    "21_notebook_bomb": brackets,
    "28_symlink_in_zip": archive(("hw2.py", "../source/reference/cubes.py", LINK)),
    "28_symlink_in_folder": files({}, {"hw2.py": "source/reference/cubes.py"}),
    "28_linked_helper": files({"hw2.py": RIGHT}, {"helper.py": "source/reference/cubes.py"}),
    "28_fifo": pipe,
    "28_device_in_zip": archive(("hw2.py", RIGHT, DEVICE)),
    "29_zip_slip": archive(("../../x.py", "import os"), ("a/../../../y.py", "import os"), ("hw2.py", RIGHT)),
    "29_absolute_names": archive(("/hw2.py", RIGHT), ("C:\\hw2.py", RIGHT), ("\\\\host\\hw2.py", RIGHT)),
    "29_two_of_a_name": archive(("hw2.py", RIGHT), ("hw2.py", "gradient = 5")),
    "29_names_differ_in_case": archive(("hw2.py", RIGHT), ("HW2.PY", "gradient = 5")),
    "30_many_sources": archive(("hw2.py", RIGHT), *[(f"{k}.py", "") for k in range(2000)]),
    "30_many_members": archive(("hw2.py", RIGHT), *[(f"{k}.png", "") for k in range(20_000)]),
    "30_huge_file": hole,
    "50_grader_files": files(GRADERS),
    "62_file_name": script(RIGHT, "hw2\x1b[2J\r10 of 10 points\n\u202e.py"),
    "64_spreadsheet_formula": script(RIGHT, "=HYPERLINK(hw2)+cmd|' C'!A1.py"),
    "65_long_name_in_zip": archive((f"{'x' * 30_000}.py", RIGHT)),
    "66_latin_1_cookie": script(f"# coding: latin-1\n# é\n{RIGHT}".encode("latin-1")),
    "66_bytes_that_are_no_text": script(b"# \xff\xfe\x80\xc3\x28\n" + RIGHT.encode()),
    "66_unknown_cookie": script(f"# coding: klingon\n{RIGHT}"),
    "66_byte_order_mark": script(f"\ufeff{RIGHT}"),
    "66_windows_line_ends": script(RIGHT.replace("\n", "\r\n")),
    "66_old_mac_line_ends": script(RIGHT.replace("\n", "\r")),
    "66_utf_16": script(RIGHT.encode("utf-16")),
    "66_tabs_and_spaces": script(instead("    y = x**2\n\treturn 3 * y\n")),
    "66_nul_bytes": script(instead("    return 3 * x**2\0\n")),
    "66_nothing": script(""),
    "67_nested_parentheses": script(instead(f"    return {'(' * DEEP}x{')' * DEEP}\n")),
    "67_long_sum": script(instead(f"    return x{' + x' * DEEP}\n")),
    "67_minus_minus": script(instead(f"    return {'-' * 2 * DEEP}x\n")),
}
