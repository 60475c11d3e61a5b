"""Nothing but a function, for a suite that is about decorators."""


def double(x):
    """Twice x."""
    print("doubling", x)
    return 2 * x
