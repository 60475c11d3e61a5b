"""Whose code has much in common beyond the template: the functions asked for, with the helpers they use.

Nothing of a hand-in is executed. Its source is parsed here, so what is too long for that is left out before,
and who is left out is told. Names of variables and of helpers, comments, docstrings, annotations, layout and
the order of functions do not count, nor does what students were handed out. Being similar proves nothing.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from grader import files
from grader.assignment import Assignment
from grader.batch.similar.winnowing import VARIABLES, K, grams, pairs, winnowed
from grader.proving.definitions import definitions
from grader.starter import starter
from grader.submission import Cell, Submission

MOST_CHARACTERS = 200_000  # of source text
MOST_WORDS = 20_000  # and words and signs, which bound how deep a tree is and how long parsing takes
WORD = re.compile(r"\w+|[^\w\s]")
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
NO_CONTENT = (
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.arguments),
    *(ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal),
)


@dataclass(frozen=True)
class Row:
    """A line of code; `same` where most of it is in the other one's code, too."""

    number: int
    text: str
    same: bool


@dataclass(frozen=True)
class Beside:
    """What two hand-ins have for one function: it and those of its helpers that are not shown before."""

    function: str
    one: tuple[Row, ...]
    other: tuple[Row, ...]


@dataclass(frozen=True)
class Alike:
    """Two hand-ins, by their digests, and the share of the shorter one's fingerprints that both have."""

    one: str
    other: str
    share: float
    beside: tuple[Beside, ...]


@dataclass(frozen=True)
class Compared:
    """The most similar pairs, and why hand-ins were compared in part or not at all: a sentence by digest."""

    pairs: tuple[Alike, ...]
    unread: Mapping[str, str]


@dataclass(frozen=True)
class Definition:
    """A statement at the top of a file with the file's lines, the names in it, and those that it binds."""

    statement: ast.stmt
    lines: Sequence[str]
    used: frozenset[str]
    bound: frozenset[str]


@dataclass(frozen=True)
class Code:
    """What a hand-in defines by name, and what imported names are where they come from."""

    defined: Mapping[str, Definition]
    imported: Mapping[str, str]
    fault: str = ""


def compare(hand_ins: Iterable[str], read: Callable[[str], Submission], assignment: Assignment) -> Compared:
    """Each with each, in time that grows with their number.

    Args:
        hand_ins: the digests of different ones.
        read: the source of one; asked again for the few that are shown, so that not all are kept.
    """
    asked = [problem.name for problem in assignment.problems]
    given = template(assignment)
    digests, texts, unread = [], [], {}
    for digest in hand_ins:
        code = code_of(read(digest))
        if code.fault:
            unread[digest] = code.fault
        digests.append(digest)
        texts.append(fingerprints(code, asked, given))
    found = []
    for pair in pairs(texts):
        one, other = digests[pair.one], digests[pair.other]
        shown = beside(code_of(read(one)), code_of(read(other)), asked, pair.common, given)
        found.append(Alike(one, other, pair.share, tuple(shown)))
    return Compared(tuple(found), unread)


# ---- source ----------------------------------------------------------------------------------


def code_of(submission: Submission) -> Code:
    """What its modules define, the one that answers before others; of a notebook, the cells that parse."""
    if submission.fault:
        return Code({}, {}, submission.fault)
    modules = {name: list(map(_text, cells)) for name, cells in submission.modules.items()}
    if fault := _too_long([text for texts in modules.values() for text in texts]):
        return Code({}, {}, fault)
    defined: dict[str, Definition] = {}
    imported: dict[str, str] = {}
    faults = []
    for name in sorted(modules, key=lambda name: (name == submission.main, name)):
        for number, text in enumerate(modules[name], start=1):
            tree = _parsed(text)
            if tree is None:
                is_script = isinstance(submission.modules[name][0], bytes)
                faults.append(f"{name}.py" if is_script else f"cell {number}")
                continue
            found, lines = definitions(tree), text.split("\n")
            defined |= {each: _definition(statement, lines) for each, statement in found.items()}
            imported |= _imported(tree)
    return Code(defined, imported, f"{' and '.join(faults)} cannot be parsed" if faults else "")


def _definition(statement: ast.stmt, lines: Sequence[str]) -> Definition:
    used, bound = set(), set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                bound.add(name)
            case ast.Name(id=name) | ast.Attribute(attr=name):  # the latter as in `tools.unit`
                used.add(name)
    return Definition(statement, lines, frozenset(used), frozenset(bound))


def _text(cell: Cell) -> str:
    """Lines end as they do for Python's parser; of other encodings than UTF-8 only ASCII is understood."""
    return _decoded(cell).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    try:
        return cell.decode("utf-8-sig")
    except UnicodeDecodeError:
        return cell.decode("latin-1")


def _too_long(texts: Sequence[str]) -> str:
    """Why they are not parsed."""
    if sum(map(len, texts)) > MOST_CHARACTERS:
        return f"there are more than {MOST_CHARACTERS:,} characters of source"
    if sum(1 for text in texts for _ in WORD.finditer(text)) > MOST_WORDS:
        return f"there are more than {MOST_WORDS:,} words and signs of source"
    return ""


def _parsed(text: str) -> ast.Module | None:
    """None where it is no Python; IPython's own lines in it are passed over."""
    for tried in dict.fromkeys((text, MAGIC.sub(r"\1pass", text))):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about odd escapes
                return ast.parse(tried)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _imported(tree: ast.Module) -> dict[str, str]:
    """Names and what they are elsewhere: `np` nothing, for it only leads there, and `total` perhaps `sum`."""
    found: dict[str, str] = {}
    for statement in tree.body:
        match statement:
            case ast.Import(names=names):
                found |= {alias.asname or alias.name.partition(".")[0]: "" for alias in names}
            case ast.ImportFrom(names=names):
                found |= {alias.asname or alias.name: alias.name for alias in names}
    return found


def template(assignment: Assignment) -> frozenset[int]:
    """Every k-gram of what students were handed out: the starter, and the functions that it is about."""
    topics = sorted({problem.topic.name for problem in assignment.problems})
    given = [files.read(assignment.folder / "problems" / f"{topic}.py") for topic in topics]
    read = (
        code_of(Submission("given", "given", {"given": (text,)})) for text in (starter(assignment), *given)
    )
    return frozenset(gram for code in read for name in code.defined for gram in grams(_plain(code, name)))


# ---- code as words ---------------------------------------------------------------------------


def fingerprints(code: Code, asked: Sequence[str], given: Collection[int]) -> frozenset[int]:
    """Of the functions asked for and of what they use, without what was given."""
    names = {name for function in asked for name in reached(code, function)}
    found = {print_ for name in names for print_ in winnowed(grams(_plain(code, name)))}
    return frozenset(found.difference(given))


def reached(code: Code, function: str) -> list[str]:
    """What a function uses of its hand-in, itself first."""
    found: dict[str, None] = {}
    waiting = [function]
    while waiting:
        name = waiting.pop()
        if name in code.defined and name not in found:
            found[name] = None
            waiting += sorted(code.defined[name].used & code.defined.keys(), reverse=True)
    return list(found)


def _plain(code: Code, name: str) -> list[int]:
    return [word for word, _ in words(code, name)]


def words(code: Code, name: str) -> list[tuple[int, int]]:
    """A definition, word by word in the order of its tree, each with its line.

    A variable is the distance to where it was last, so that its name does not count; any other word is a
    large number of its own.
    """
    definition = code.defined[name]
    last: dict[str, int] = {}
    found: list[tuple[int, int]] = []
    for node, line in _nodes(definition.statement):
        if isinstance(node, ast.Name) and (node.id in definition.bound or node.id in code.defined):
            distance = len(found) - last.get(node.id, len(found))
            last[node.id] = len(found)
            found.append((distance if distance < K else 0, line))
        elif said := _said(node, code.imported):
            found.append((VARIABLES + crc32(said.encode("utf-8", "surrogatepass")), line))
    return found


def _nodes(definition: ast.stmt) -> Iterator[tuple[ast.AST, int]]:
    """What counts of a definition, depth first; no recursion, for a tree may be as deep as it is long."""
    waiting: list[tuple[ast.AST, int]] = [(definition, definition.lineno)]
    while waiting:
        node, line = waiting.pop()
        line = getattr(node, "lineno", line)
        yield node, line
        waiting += [(child, line) for child in reversed(_inside(node))]


def _inside(node: ast.AST) -> list[ast.AST]:
    """What counts of its children: no signature, no annotation, no text that nobody uses."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inside: Iterable[ast.AST] = node.body
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            inside = (target, value)
        case _:
            inside = ast.iter_child_nodes(node)
    return [child for child in inside if not isinstance(child, NO_CONTENT) and not _is_remark(child)]


def _is_remark(node: ast.AST) -> bool:
    """A docstring, a comment in the form of a text, an annotation without a value."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return True
    return False


def _said(node: ast.AST, imported: Mapping[str, str]) -> str:
    """The word for a node; "" where it adds nothing to what is inside it."""
    match node:
        case ast.Name(id=name):
            elsewhere = imported.get(name, name)
            return elsewhere and f".{elsewhere}"
        case ast.Attribute(attr=name):
            return f".{name}"
        case ast.Constant(value=value):
            return _constant(value)
        case ast.Compare(ops=ops):
            return "".join(type(op).__name__ for op in ops)
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op):
            return f"{type(node).__name__}{type(op).__name__}"
        case ast.keyword(arg=name):
            return f"{name}="
        case ast.Expr():
            return ""
    return "Assign" if isinstance(node, ast.AnnAssign) else type(node).__name__


def _constant(value: object) -> str:
    """2 and 2.0 are the same; an integer is written in hexadecimal, which has no limit of digits."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:#x}" if isinstance(value, int) else repr(value)


# ---- side by side ----------------------------------------------------------------------------


def beside(
    one: Code, other: Code, asked: Sequence[str], common: Collection[int], given: Collection[int]
) -> Iterator[Beside]:
    """The functions in which two hand-ins have these fingerprints, with both sides' code.

    Marked is all that is the same, also what many write, so that nobody wonders why a line is not.
    """
    sides = [_side(code, asked) for code in (one, other)]
    same = set(sides[0].every & sides[1].every).difference(given)
    shown: list[set[str]] = [set(), set()]
    for function in asked:
        new = [
            [name for name in reached(side.code, function) if name not in before]
            for side, before in zip(sides, shown, strict=True)
        ]
        if any(not side.of(names).isdisjoint(common) for side, names in zip(sides, new, strict=True)):
            for before, names in zip(shown, new, strict=True):
                before.update(names)
            left, right = (tuple(_rows(side, names, same)) for side, names in zip(sides, new, strict=True))
            yield Beside(function, left, right)


@dataclass(frozen=True)
class _Side:
    """One hand-in's code and the k-grams of its definitions."""

    code: Code
    hashes: Mapping[str, Sequence[int]]

    @property
    def every(self) -> set[int]:
        return self.of(self.hashes)

    def of(self, names: Iterable[str]) -> set[int]:
        return {gram for name in names for gram in self.hashes[name]}


def _side(code: Code, asked: Sequence[str]) -> _Side:
    names = {name for function in asked for name in reached(code, function)}
    return _Side(code, {name: grams(_plain(code, name)) for name in names})


def _rows(side: _Side, names: Sequence[str], same: Collection[int]) -> Iterator[Row]:
    """The lines of definitions, an empty one between two."""
    for place, name in enumerate(names):
        if place:
            yield Row(0, "", same=False)
        definition, marked = side.code.defined[name], _marked(side, name, same)
        statement = definition.statement
        for number in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
            yield Row(number, definition.lines[number - 1], number in marked)


def _marked(side: _Side, name: str, same: Collection[int]) -> set[int]:
    """The lines of which at least half is in k-grams that are the same."""
    lines = [line for _, line in words(side.code, name)]
    found = [place for place, gram in enumerate(side.hashes[name]) if gram in same]
    covered = {place + step for place in found for step in range(K)}
    every, those = Counter(lines), Counter(lines[place] for place in covered)
    return {line for line, count in those.items() if 2 * count >= every[line]}
