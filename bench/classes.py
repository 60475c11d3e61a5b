"""Made-up classes for the shipped homework: as many different hand-ins as wanted, the same for the same seed.

    python bench/classes.py FOLDER [COUNT [SEED]]

Of every hundred, 55 are right, 32 have one to six wrong functions, 8 are broken (syntax errors, cut off,
unfinished, raising, without return, of wrong shapes, an import that fails), 3 are the starter as it was
handed out, and 2 are hostile: `HOSTILE` goes round, so six of a thousand run into time-outs, one of them
while it is imported. Right ones have one of three styles and some functions of `bench/variants`; one wrong
function in six is from `bench/held_out.py`, mistakes that the diagnoses were not written with. Hand-in k is
the same in a class of any size.
"""

import ast
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BENCH = Path(__file__).parent
EXAMPLES = BENCH.parent / "submissions_example"
TOPICS = ("network", "curve", "least_squares", "identification", "rules")
STYLES = ("right_closed_form", "right_einsum", "right_loops")
SHARES = {"right": 55, "wrong": 32, "broken": 8, "starter": 3, "hostile": 2}
HUNDRED = sum(SHARES.values())
UNFORESEEN = 6  # one wrong function in so many is a held-out one
MOST_WRONG = 6
MOST_VARIED = 5
IMPORTS = """from functools import partial
from typing import Any, NamedTuple

import numpy as np
"""
HOSTILE = (  # a function, or the file itself, and what it does: far from every limit, or beyond it
    ("grad_U", "while True: pass"),
    ("grad_v", "os._exit(0)"),
    ("d_hidden", "print('x' * 10_000_000)"),
    ("curve_taylor", "time.sleep(3600)"),
    ("grad_W", "a = []\n    while True: a.append(np.empty(1 << 21))"),
    ("grad_v", "return open('/etc/passwd').read()"),
    ("least_squares_hessian", "while True: pass"),
    ("d_normalize", "for k in range(20_000): print('so far', k)"),
    ("curve_velocity", "return curve_velocity(*inputs)"),
    ("grad_U_tilde", "sys.exit('done')"),
    ("", "while True: pass"),
    ("grad_W", "return np.ones((10**6, 10**6))"),
    ("d_trace_of_product", "os.kill(os.getppid(), 9)"),
    ("identify_vector_by_vector", "while True: time.sleep(0)"),
    ("grad_v", "socket.create_connection(('192.0.2.1', 80))"),
    ("derivative_W", "while True: os.fork()"),
    ("d_hidden", "os._exit(1)"),
    ("least_squares_taylor", "threading.Event().wait()"),
    ("d_normalize", "subprocess.run(['rm', '-rf', '/'])"),
    ("grad_U", "while True: threading.Thread(target=time.sleep, args=(99,)).start()"),
)

Functions = dict[str, str]  # source, by the function's name
Edit = Callable[[str, str], str]  # of a function's name and source
BREAKS: dict[str, Edit] = {
    "a syntax error": lambda _, text: text.replace("):\n", ")\n", 1),
    "not written": lambda *_: "",
    "an unknown name": lambda _, text: text.replace("return ", "return nothing + ", 1),
    "no return": lambda _, text: text.replace("return ", "answer = "),
    "transposed": lambda name, text: (
        f"{text}\n\n\n_{name} = {name}\n\n\ndef {name}(*x):\n    return np.atleast_2d(_{name}(*x)).T"
    ),
}


@dataclass(frozen=True)
class Made:
    """One hand-in: what kind it is, and its source."""

    kind: str
    text: str


def made(number: int, seed: int = 1, *, hostile: bool = True) -> Made:
    """The hand-in of that number; without hostile ones, a right one stands in the place of each."""
    block, place = divmod(number, HUNDRED)
    kinds, dice = _kinds(block, seed), random.Random(f"{seed} {number}")
    kind = kinds[place] if hostile or kinds[place] != "hostile" else "right"
    head, functions = _varied(dice)
    if kind == "starter":
        head, functions = (EXAMPLES / "starter" / "hw2.py").read_text(encoding="utf-8"), {}
    if kind == "hostile":
        turn = SHARES["hostile"] * block + kinds[:place].count("hostile")
        head, functions = _hostile(*HOSTILE[turn % len(HOSTILE)], head, functions)
    if kind == "wrong":
        functions |= _wrong(dice, sorted(functions))
    text = _joined(head, functions)
    if kind == "broken":
        text = _broken(dice, head, functions)
    return Made(kind, f"# homework 2, student {number:05}\n{text}")


def class_of(count: int, seed: int = 1, *, hostile: bool = True) -> Iterator[Made]:
    return (made(number, seed, hostile=hostile) for number in range(count))


def write(folder: Path, count: int, seed: int = 1, *, hostile: bool = True) -> Path:
    """A folder for every student."""
    for number, each in enumerate(class_of(count, seed, hostile=hostile)):
        own = folder / f"s{number:05}"
        own.mkdir(parents=True)
        (own / "hw2.py").write_text(each.text, encoding="utf-8")
    return folder


@cache
def _kinds(block: int, seed: int) -> tuple[str, ...]:
    """Of a hundred hand-ins, in an order that is drawn."""
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    random.Random(f"{seed} block {block}").shuffle(kinds)
    return tuple(kinds)


# ---- the kinds ------------------------------------------------------------------------------


def _varied(dice: random.Random) -> tuple[str, Functions]:
    """A style's head and functions, of which some are exchanged for right variants."""
    head, functions = _style(dice.choice(STYLES))
    names = dice.sample(sorted(functions), dice.randint(0, MOST_VARIED))
    return head, functions | {name: dice.choice(_variants("RIGHT")[name]) for name in names}


def _wrong(dice: random.Random, names: list[str]) -> Functions:
    return {
        name: dice.choice(_variants("held out" if dice.randrange(UNFORESEEN) == 0 else "WRONG")[name])
        for name in dice.sample(names, dice.randint(1, MOST_WRONG))
    }


def _broken(dice: random.Random, head: str, functions: Functions) -> str:
    how = dice.choice((*BREAKS, "cut off", "an import that fails"))
    if how == "cut off":
        text = _joined(head, functions)
        return text[: dice.randrange(len(text) // 2, len(text))]
    if how == "an import that fails":
        return _joined(f"import seaborn_that_is_not_here as sns\n{head}\nsns.set_theme()", functions)
    names = dice.sample(sorted(functions), dice.randint(1, MOST_WRONG))
    return _joined(head, functions | {name: BREAKS[how](name, functions[name]) for name in names})


def _hostile(name: str, does: str, head: str, functions: Functions) -> tuple[str, Functions]:
    head = f"import os, socket, subprocess, sys, threading, time\n{head}"
    if not name:
        return f"{head}\n\n{does}", functions
    return head, functions | {name: f"def {name}(*inputs):\n    {does}"}


def _joined(head: str, functions: Functions) -> str:
    return "\n\n\n".join([head, *filter(None, functions.values())]) + "\n"


# ---- where their functions come from --------------------------------------------------------


@cache
def _style(name: str) -> tuple[str, Functions]:
    """An example's functions that are asked for, and what is around them."""
    text = (EXAMPLES / name / "hw2.py").read_text(encoding="utf-8")
    asked, around = {}, []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name in _variants("RIGHT"):
            asked[node.name] = ast.unparse(node)
        else:
            around.append(ast.unparse(node))
    return "\n\n".join([IMPORTS, *around]), asked


@cache
def _variants(which: str) -> dict[str, list[str]]:
    """Source of right, wrong or held-out variants, by the function that they are variants of."""
    if which == "held out":
        return _table(BENCH / "held_out.py", "WRONG")
    return {
        name: texts
        for topic in TOPICS
        for name, texts in _table(BENCH / "variants" / f"{topic}.py", which).items()
    }


def _table(path: Path, which: str) -> dict[str, list[str]]:
    """Of a module's `{function: {sentence: variant}}`, the variants as source that stands alone."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    around = {name: node for node in body for name in _named(node)}
    found = around[which]
    assert isinstance(found, ast.AnnAssign)
    assert isinstance(found.value, ast.Dict)
    return {
        ast.literal_eval(key): [_alone(ast.literal_eval(key), each, around) for each in variants.values]
        for key, variants in zip(found.value.keys, found.value.values, strict=True)
        if isinstance(variants, ast.Dict)
    }


def _named(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]):
            return [name]
    return []


def _alone(name: str, variant: ast.expr, around: dict[str, ast.stmt]) -> str:
    """The function of that name, behind the helpers that it needs, which are called after it."""
    needed: dict[str, ast.stmt] = {}
    _gather(variant, around, needed)
    own = {helper: f"_{name}_{helper.strip('_')}" for helper in needed}
    helpers = [ast.unparse(_Renamed(own).visit(_copy(around[helper]))) for helper in around if helper in own]
    answer = _Renamed(own).visit(_copy(variant))
    if isinstance(answer, ast.Lambda):
        last = f"def {name}({ast.unparse(answer.args)}):\n    return {ast.unparse(answer.body)}"
    else:
        last = f"{name} = {ast.unparse(answer)}"
    return "\n\n\n".join([*helpers, last])


def _gather(node: ast.AST, around: dict[str, ast.stmt], needed: dict[str, ast.stmt]) -> None:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in around and each.id not in needed:
            needed[each.id] = around[each.id]
            _gather(around[each.id], around, needed)


def _copy(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(node)).body[0] if isinstance(node, ast.stmt) else _expression(node)


def _expression(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(node), mode="eval").body


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
