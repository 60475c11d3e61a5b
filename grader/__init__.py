"""An autograder for homework in which students write mathematics as numpy functions.

In a notebook, `grader.check(grad_W)` and `grader.check_all()` show what is right and what is not, and why.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - a sentence, before anything that an older Python cannot read
    sys.exit(
        "grader needs Python 3.10 or newer, and this is {}.{}: use a newer one".format(*sys.version_info)
    )

__version__ = "0.1.0"


def check(*functions):  # type: ignore[no-untyped-def] # what it returns is imported when it is called
    """Check functions of this notebook, or all of them. Does nothing where it is graded or imported.

    It returns a `grader.notebook.Checked`, which a cell shows as a table; `None` where it does nothing.

    Args:
        *functions (Callable): of the homework, as in `grader.check(grad_W, grad_v)`; none is all of them.

    Raises:
        Refusal: there is no homework here, or one of them is none of its functions.
    """
    caller = sys._getframe(1).f_globals
    if caller.get("__name__") != "__main__":
        return None
    from grader import notebook

    return notebook.check(*functions) if functions else notebook.check_all(caller)


def check_all():  # type: ignore[no-untyped-def]
    """Check all that the homework asks for. Does nothing where the notebook is graded or imported.

    It returns a `grader.notebook.Checked`, which a cell shows as a table; `None` where it does nothing.

    Raises:
        Refusal: there is no homework here, or none of its functions is defined yet.
    """
    caller = sys._getframe(1).f_globals
    if caller.get("__name__") != "__main__":
        return None
    from grader import notebook

    return notebook.check_all(caller)
