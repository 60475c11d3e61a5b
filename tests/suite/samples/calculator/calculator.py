"""A student's calculator: right but for division, and it talks."""


class CalculatorError(ValueError):
    """What the calculator cannot read."""


class Calculator:
    """Evaluates `a op b`."""

    def __init__(self):
        self.history = []

    def eval(self, text):
        parts = text.split()
        if len(parts) != 3:
            raise CalculatorError(f"cannot read {text!r}")
        a, operation, b = parts
        print("evaluating", text)
        self.history.append(text)
        operations = {
            "+": lambda x, y: x + y,
            "-": lambda x, y: x - y,
            "*": lambda x, y: x * y,
            "/": lambda x, y: x // y,
        }
        return operations[operation](int(a), int(b))


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def words(text):
    return {word: text.split().count(word) for word in text.split()}
