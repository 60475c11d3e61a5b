"""Right formulas that look like numerical differentiation at first sight, in an assignment of their own.

They set an entry of a copy to zero or one, exchange two, go by the columns of a matrix that differ from the
input in one entry each, or do without the slope r where it follows from s. None of them may be suspected;
QUOTIENT, which differentiates the same functions numerically, must be.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

from grader.submission import Submission

PROBLEMS = '''"""# Idioms"""

import numpy as np
from grader.distributions import Normal, Uniform
from grader.functions import Activation
from grader.problem import Differential, Draws, Gradient
from grader.shapes import Array, Function, Slope

SEVERAL = Draws(where=lambda n: n > 2)
ACTIVATIONS = {"tanh": Activation("np.tanh(z)", "1 - np.tanh(z) ** 2")}

def product(x: Array["n", Uniform(0.5, 1.5)]) -> Array[""]:
    return x.prod()

def product_of_alike(x: Array["n", Uniform(0.99, 1.01)]) -> Array[""]:
    return x.prod()

def determinant(A: Array["n n"]) -> Array[""]:
    return np.linalg.det(A)

def pairs(x: Array["n"]) -> Array[""]:
    return (x.sum() ** 2 - (x * x).sum()) / 2

def triples(x: Array["n"]) -> Array[""]:
    return (x.sum() ** 3 - 3 * x.sum() * (x * x).sum() + 2 * (x * x * x).sum()) / 6

def others(x: Array["n"]) -> Array[""]:
    return np.sqrt((x * x).sum() - x * x).sum()

def chances(a: Array["n"], x: Array["n", Uniform(0, 1)]) -> Array[""]:
    return (1 + a * x).prod()

def exchanged(x: Array["n"]) -> Array[""]:
    n = len(x)
    return (n * (n - 1) / 2 - n) * (x @ x) + x.sum() ** 2

def sums(x: Array["n"]) -> Array[""]:
    return (np.cumsum(x) ** 2).sum() / 2

def squares(A: Array["m n"], b: Array["m"], x: Array["n"]) -> Array[""]:
    return ((A @ x - b) ** 2).sum() / 2

def scaled(x: Array["n", Uniform(-0.3, 0.3)]) -> Array["n"]:
    return x * x.sum()

def layer(W: Array["d m"], x: Array["m"], s: Function) -> Array["d"]:
    return s(W @ x)

def layers(W: Array["d m"], X: Array["m T"], v: Array["d"], s: Function) -> Array[""]:
    return (v @ s(W @ X)).sum()

d_product = Gradient(of=product, wrt="x", points=1, draws=SEVERAL)
d_product_of_alike = Gradient(of=product_of_alike, wrt="x", points=1, draws=SEVERAL)
d_determinant = Gradient(of=determinant, wrt="A", points=1, draws=SEVERAL)
d_pairs = Gradient(of=pairs, wrt="x", points=1, draws=SEVERAL)
d_triples = Gradient(of=triples, wrt="x", points=1, draws=SEVERAL)
d_others = Gradient(of=others, wrt="x", points=1, draws=SEVERAL)
d_chances = Gradient(of=chances, wrt="x", points=1, draws=Draws(where=lambda n: n > 2, scaled=("a",)))
d_exchanged = Gradient(of=exchanged, wrt="x", points=1, draws=SEVERAL)
d_sums = Gradient(of=sums, wrt="x", points=1, draws=SEVERAL)
d_squares = Gradient(of=squares, wrt="x", points=1, draws=Draws(scaled=("A", "b")))
d_scaled = Differential(of=scaled, wrt="x", points=1, draws=SEVERAL)
d_layer = Differential(of=layer, wrt="W", points=1, given={"r": Slope}, draws=Draws(scaled=("dW",)))
d_layers = Gradient(of=layers, wrt="W", points=1, given={"r": Slope}, draws=Draws(scaled=("v",)))
'''

REFERENCE = '''"""Each in the shortest way."""
import numpy as np

def d_product(x): return np.array([np.delete(x, i).prod() for i in range(len(x))])
def d_product_of_alike(x): return d_product(x)
def d_determinant(A):
    minor = lambda i, j: np.delete(np.delete(A, i, 0), j, 1)
    n = len(A)
    return np.array([[(-1) ** (i + j) * np.linalg.det(minor(i, j)) for j in range(n)] for i in range(n)])
def d_pairs(x): return x.sum() - x
def d_triples(x): return (x.sum() ** 2 - (x * x).sum()) / 2 - x * x.sum() + x * x
def d_others(x): return x * ((1 / np.sqrt((x * x).sum() - x * x)).sum() - 1 / np.sqrt((x * x).sum() - x * x))
def d_chances(a, x): return a * np.array([np.delete(1 + a * x, i).prod() for i in range(len(x))])
def d_exchanged(x): return (len(x) * (len(x) - 1) - 2 * len(x)) * x + 2 * x.sum()
def d_sums(x): return np.cumsum(np.cumsum(x)[::-1])[::-1]
def d_squares(A, b, x): return A.T @ (A @ x - b)
def d_scaled(x, dx): return dx * x.sum() + x * dx.sum()
def d_layer(W, x, s, dW, r): return r(W @ x) * (dW @ x)
def d_layers(W, X, v, s, r): return (v[:, None] * r(W @ X)) @ X.T
'''

RIGHT = {
    "d_product": {
        "an entry set to one": """
            def d_product(x):
                g = np.zeros(len(x))
                for i in range(len(x)):
                    y = x.copy()
                    y[i] = 1
                    g[i] = y.prod()
                return g""",
        "set to one and back": """
            def d_product(x):
                x, g = np.array(x, float), []
                for i in range(len(x)):
                    kept, x[i] = x[i], 1
                    g.append(np.prod(x))
                    x[i] = kept
                return np.array(g)""",
        "a list without the entry": """
            def d_product(x):
                x = [float(z) for z in x]
                return np.array([np.prod(x[:i] + [1.0] + x[i + 1:]) for i in range(len(x))])""",
        "ones on the diagonal": """
            def d_product(x):
                Y = np.tile(x, (len(x), 1))
                np.fill_diagonal(Y, 1)
                return Y.prod(axis=1)""",
        "where": """
            def d_product(x):
                return np.array([np.where(e == 1, 1.0, x).prod() for e in np.eye(len(x))])""",
        "cumulative products": """
            def d_product(x):
                before = np.cumprod(np.concatenate([[1], x[:-1]]))
                after = np.cumprod(np.concatenate([[1], x[:0:-1]]))[::-1]
                return before * after""",
    },
    "d_product_of_alike": {
        "an entry set to one": """
            def d_product_of_alike(x):
                g = np.zeros(len(x))
                for i in range(len(x)):
                    y = x.copy()
                    y[i] = 1
                    g[i] = y.prod()
                return g""",
    },
    "d_determinant": {
        "minors": """
            def d_determinant(A):
                C = np.zeros(A.shape)
                for i, j in np.ndindex(A.shape):
                    C[i, j] = (-1) ** (i + j) * np.linalg.det(np.delete(np.delete(A, i, 0), j, 1))
                return C""",
        "a row set to a basis vector": """
            def d_determinant(A):
                C = np.zeros(A.shape)
                for i, j in np.ndindex(A.shape):
                    M = A.copy()
                    M[i] = 0
                    M[i, j] = 1
                    C[i, j] = np.linalg.det(M)
                return C""",
        "row and column set to zero": """
            def d_determinant(A):
                C = np.zeros(A.shape)
                for i, j in np.ndindex(A.shape):
                    M = np.array(A, float)
                    M[i, :], M[:, j] = 0, 0
                    M[i, j] = 1
                    C[i, j] = np.linalg.det(M)
                return C""",
        "an entry set to one, and to zero": """
            def d_determinant(A):
                C = np.zeros(A.shape)
                for i, j in np.ndindex(A.shape):
                    M, N = A.copy(), A.copy()
                    M[i, j], N[i, j] = 1, 0
                    C[i, j] = np.linalg.det(M) - np.linalg.det(N)
                return C""",
    },
    "d_pairs": {
        "the sum without an entry": """
            def d_pairs(x):
                g = np.zeros(len(x))
                for i in range(len(x)):
                    y = x.copy()
                    y[i] = 0
                    g[i] = y.sum()
                return g""",
    },
    "d_triples": {
        "pairs without an entry": """
            def pairs(y): return (y.sum() ** 2 - (y ** 2).sum()) / 2
            def d_triples(x):
                return np.array([pairs(x - x[i] * e) for i, e in enumerate(np.eye(len(x)))])""",
        "masks": """
            def d_triples(x):
                Y = x * (1 - np.eye(len(x)))
                return np.array([(y.sum() ** 2 - y @ y) / 2 for y in Y])""",
    },
    "d_others": {
        "norms without an entry": """
            def d_others(x):
                g = np.zeros(len(x))
                for i in range(len(x)):
                    y = x.copy()
                    y[i] = 0
                    g += y / np.linalg.norm(y)
                return g""",
    },
    "d_chances": {
        "an entry set to one, and to zero": """
            def chances(a, x): return np.prod(1 + a * x)
            def d_chances(a, x):
                g = np.zeros(len(x))
                for i in range(len(x)):
                    one, none = x.copy(), x.copy()
                    one[i], none[i] = 1, 0
                    g[i] = chances(a, one) - chances(a, none)
                return g""",
    },
    "d_exchanged": {
        "all exchanges of two entries": """
            def d_exchanged(x):
                g = np.zeros(len(x))
                for i in range(len(x)):
                    for j in range(i):
                        y = x.copy()
                        y[i], y[j] = x[j], x[i]
                        g += 2 * y
                return g""",
    },
    "d_sums": {
        "what comes later set to zero": """
            def d_sums(x):
                g = np.zeros(len(x))
                for k in range(len(x)):
                    y = x.copy()
                    y[k + 1:] = 0
                    g[:k + 1] += y.sum()
                return g""",
        "filled in": """
            def d_sums(x):
                y = np.zeros(len(x))
                for k in range(len(x)):
                    y[k] = x[k]
                g = np.array(x, float)
                for k in range(len(x)):
                    g[k] = y[:k + 1].sum()
                for k in range(len(x) - 1, 0, -1):
                    g[k - 1] += g[k]
                return g""",
    },
    "d_squares": {
        "one basis vector after the other": """
            def d_squares(A, b, x):
                return np.array([(A @ e) @ (A @ x - b) for e in np.eye(len(x))])""",
    },
    "d_scaled": {
        "a Jacobian": """
            def d_scaled(x, dx):
                return (x[:, None] + x.sum() * np.eye(len(x))) @ dx""",
        "a Jacobian by columns": """
            def d_scaled(x, dx):
                columns = []
                for k in range(len(x)):
                    column = x.copy()
                    column[k] += x.sum()
                    columns.append(column)
                return np.array(columns).T @ dx""",
    },
    "d_layer": {
        "the slope of tanh from s": """
            def d_layer(W, x, s, dW, r): return (1 - s(W @ x) ** 2) * (dW @ x)""",
    },
    "d_layers": {
        "the slope of tanh from s": """
            def d_layers(W, X, v, s, r): return (v[:, None] * (1 - s(W @ X) ** 2)) @ X.T""",
        "from s, twice": """
            def d_layers(W, X, v, s, r): return (v[:, None] * (1 - s(W @ X) * s(W @ X))) @ X.T""",
        "from s, in loops": """
            def d_layers(W, X, v, s, r):
                G = np.zeros(W.shape)
                for t in range(X.shape[1]):
                    for i in range(W.shape[0]):
                        slope = 1 - s(W[i] @ X[:, t]) ** 2
                        for j in range(W.shape[1]):
                            G[i, j] += v[i] * slope * X[j, t]
                return G""",
        "from s, twice in loops": """
            def d_layers(W, X, v, s, r):
                Z, S = W @ X, np.zeros((len(W), X.shape[1]))
                for i, t in np.ndindex(S.shape):
                    S[i, t] = 1 - float(s(Z[i, t])) * float(s(Z[i, t]))
                return (v[:, None] * S) @ X.T""",
        "from s, by columns": """
            def d_layers(W, X, v, s, r):
                return sum(np.outer(v * (1 - s(W @ x) ** 2), x) for x in X.T)""",
    },
}

PARTIALS = """
def partials(f, x):
    x = np.array(x, float)
    h = 1e-6 * np.abs(x).max()
    G = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        E = np.zeros(x.shape)
        E[index] = h
        G[index] = (f(x + E) - f(x - E)) / (2 * h)
    return G

def cubes(x): return (x.sum() ** 3 - 3 * x.sum() * (x * x).sum() + 2 * (x * x * x).sum()) / 6
def swaps(x): return (len(x) * (len(x) - 3) / 2) * (x @ x) + x.sum() ** 2
def along(f, x, dx):
    x = np.array(x, float)
    h = 1e-6 * np.abs(x).max() / np.abs(dx).max()
    return (f(x + h * dx) - f(x - h * dx)) / (2 * h)
"""

QUOTIENT = {
    "d_product": "def d_product(x): return partials(np.prod, x)",
    "d_product_of_alike": "def d_product_of_alike(x): return partials(np.prod, x)",
    "d_determinant": "def d_determinant(A): return partials(np.linalg.det, A)",
    "d_pairs": "def d_pairs(x): return partials(lambda x: (x.sum() ** 2 - (x * x).sum()) / 2, x)",
    "d_triples": "def d_triples(x): return partials(cubes, x)",
    "d_others": "def d_others(x): return partials(lambda x: np.sqrt((x * x).sum() - x * x).sum(), x)",
    "d_chances": "def d_chances(a, x): return partials(lambda x: (1 + a * x).prod(), x)",
    "d_exchanged": "def d_exchanged(x): return partials(swaps, x)",
    "d_sums": "def d_sums(x): return partials(lambda x: (np.cumsum(x) ** 2).sum() / 2, x)",
    "d_squares": "def d_squares(A, b, x): return partials(lambda x: ((A @ x - b) ** 2).sum() / 2, x)",
    "d_scaled": "def d_scaled(x, dx): return along(lambda x: x * x.sum(), x, dx)",
    "d_layer": "def d_layer(W, x, s, dW, r): return along(lambda W: s(W @ x), W, dW)",
    "d_layers": "def d_layers(W, X, v, s, r): return partials(lambda W: (v @ s(W @ X)).sum(), W)",
}
_SLOPED = "def d_layers(W, X, v, s, r):\n    Z = np.array(W, float) @ X\n    return (v[:, None] * {}) @ X.T"
SLOPES = {  # differences of s in place of r
    "central": _SLOPED.format("(s(Z + 1e-6) - s(Z - 1e-6)) / 2e-6"),
    "forward": _SLOPED.format("(s(Z + 1e-8) - s(Z)) / 1e-8"),
    "in loops": _SLOPED.format("np.array([[(s(z + 1e-6) - s(z - 1e-6)) / 2e-6 for z in row] for row in Z])"),
    "by columns": _SLOPED.format("np.array([(s(z + 1e-6) - s(z - 1e-6)) / 2e-6 for z in Z.T]).T"),
}


def course(folder: Path) -> Path:
    """The assignment, written to a folder."""
    files = {
        "assignment.toml": f'title = "Idioms"\nfile = "hw"\npoints = {len(RIGHT)}\ntopics = ["idioms"]\n',
        "problems/idioms.py": PROBLEMS,
        "reference/idioms.py": REFERENCE,
        "reference/seed.txt": "1d" * 32,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def hand_ins(answers: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[Submission, dict[str, str]]]:
    """Submissions that take the next answer for every problem, with the labels that they take."""
    for turn in range(max(map(len, answers.values()))):
        taken = {name: list(own.items())[turn] for name, own in answers.items() if turn < len(own)}
        text = "\n".join(["import numpy as np", PARTIALS, *(dedent(source) for _, source in taken.values())])
        yield Submission("hw.py", "hw", {"hw": (text.encode(),)}), {name: k for name, (k, _) in taken.items()}


QUOTIENTS = {
    name: {"central": source, **(SLOPES if name == "d_layers" else {})} for name, source in QUOTIENT.items()
}
