"""Half of what is asked."""


def one():
    print("a print")
    return 1
