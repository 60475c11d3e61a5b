"""The grader's own fault: an exception that ends the run and writes no score.

A student's fault is never raised; it is a value (`grader.sandbox.outcome`) that becomes a verdict.
"""


class Fault(Exception):
    """One sentence for whoever runs the grader: what is wrong, where, what to do."""
