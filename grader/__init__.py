"""An autograder for homework in which students write mathematics as numpy functions."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - a sentence, before anything that an older Python cannot read
    sys.exit(
        "grader needs Python 3.10 or newer, and this is {}.{}: use a newer one".format(*sys.version_info)
    )

__version__ = "0.1.0.dev0"
