"""An autograder for homework in which students write mathematics as numpy functions."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - a sentence, before anything that an older Python cannot read
    sys.exit(
        "grader needs Python 3.10 or newer, and this is {}.{}: use a newer one".format(*sys.version_info)
    )

__version__ = "0.1.0.dev0"


def check(*functions):  # type: ignore[no-untyped-def] # an annotation would import what a notebook may not need
    """Check functions of this notebook: `grader.check(grad_W)` shows a table with reasons."""
    from pathlib import Path

    from grader import notebook

    return notebook.check({function.__name__: function for function in functions}, Path())


def check_all():  # type: ignore[no-untyped-def]
    """Check every function of the homework that this notebook has."""
    import sys
    from pathlib import Path

    from grader import notebook

    return notebook.check_all(sys._getframe(1).f_globals, Path())
