"""`python -m grader` is `grader`: the folder that it is typed in is no place to look for modules.

Python puts that folder first, and a homework's `random.py` there would hide Python's own.
"""

import sys

if not getattr(sys.flags, "safe_path", sys.flags.isolated):  # with -P or -I it is not there
    del sys.path[0]

from grader.cli import main

main()
