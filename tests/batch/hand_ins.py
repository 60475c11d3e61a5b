"""Hand-ins as a class makes them, each function in one way of `bench/variants`, and disguises of them.

Most take a near way, some a far one, and a third of the answers is wrong. Each has names of variables,
comments and an order of functions of its own.
"""

import ast
import inspect
import random

from bench.variants import TOPICS

NAMES = (
    "a",
    "c",
    "f",
    "k",
    "m",
    "p",
    "q",
    "w",
    "z",
    "res",
    "tmp",
    "out",
    "val",
    "acc",
    "total",
    "left",
    "mat",
)
COMMENTS = ("# see the lecture", "# TODO: simplify", "# chain rule", "# works", "# from exercise 3", "# ???")


def ways():
    """By function: source texts of its right and of its wrong ways, helpers included."""
    found = {}
    for topic in TOPICS:
        tree = ast.parse(inspect.getsource(topic))
        defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and node.target.id in ("RIGHT", "WRONG"):
                for name, said in zip(node.value.keys, node.value.values, strict=True):
                    texts = [_source(name.value, way, defined) for way in said.values]
                    found.setdefault(name.value, {})[node.target.id] = [text for text in texts if text]
    return found


def _source(name, way, defined):
    """A function of that name, and what it needs; none where the way is put together otherwise."""
    if isinstance(way, ast.Name):
        text = f"{_needs(defined[way.id], defined)}\n{ast.unparse(defined[way.id])}"
        return text.replace(f"{way.id}(", f"{name}(")
    if isinstance(way, ast.Lambda):
        header = f"def {name}({ast.unparse(way.args)}):"
        return f"{_needs(way, defined)}\n{header}\n    return {ast.unparse(way.body)}"
    return ""


def _needs(node, defined):
    found, waiting = {}, [node]
    while waiting:
        for each in ast.walk(waiting.pop()):
            if isinstance(each, ast.Name) and each.id in defined and each.id not in found:
                found[each.id] = ast.unparse(defined[each.id])
                waiting.append(defined[each.id])
    return "\n".join(found.values())


WAYS = ways()


def source(seed):
    """One student's hand-in."""
    chance = random.Random(seed)
    parts = []
    for found in WAYS.values():
        some = found["RIGHT" if chance.random() < 0.67 else "WRONG"]
        parts.append(some[min(int(chance.expovariate(0.35)), len(some) - 1)])
    return disguised("import numpy as np\n" + "\n".join(parts), seed)


def disguised(text, seed):
    """The same with other names of variables and helpers, another order of functions, other comments."""
    chance = random.Random(f"{seed} disguised")
    tree = ast.parse(text)
    asked = set(WAYS)
    heads = [node for node in tree.body if not isinstance(node, ast.FunctionDef)]
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    chosen = {
        name: f"{chance.choice(NAMES)}_{n}" for n, name in enumerate(sorted(functions)) if name not in asked
    }
    body = list(functions.values())
    chance.shuffle(body)
    parts = []
    for function in body:
        renamed = _Renamed(chosen | _locals(function, chance, functions)).visit(function)
        lines = ast.unparse(renamed).split("\n")
        lines.insert(1, f"    {chance.choice(COMMENTS)} {chance.randrange(100)}")
        parts.append("\n".join(lines))
    return "\n\n".join([*map(ast.unparse, heads), *parts]) + "\n"


def _locals(function, chance, functions):
    bound = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    bound |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return {name: f"{chance.choice(NAMES)}{n}" for n, name in enumerate(sorted(bound - functions.keys()))}


class _Renamed(ast.NodeTransformer):
    def __init__(self, names):
        self.names = names

    def visit_Name(self, node):
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node):
        return ast.arg(self.names.get(node.arg, node.arg))

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.name = self.names.get(node.name, node.name)
        return node
