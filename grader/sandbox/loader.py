"""From source to functions, in the student's process, losing as little as possible.

Source is executed statement by statement: one that fails costs itself and is noted. Where a file or cell
does not compile as a whole, its top-level blocks are tried one by one, so a syntax error costs the function
it is in. A `Cell` is a Python file's bytes or one notebook cell's text.
"""

from __future__ import annotations
import __future__

import ast
import importlib.abc
import importlib.machinery
import io
import os
import re
import sys
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from traceback import walk_tb
from types import CodeType, ModuleType

from grader.sandbox.outcome import Note

Cell = bytes | str
Modules = Mapping[str, Sequence[Cell]]

MAX_JOINED = 40  # blocks that a salvaged statement may stretch over, such as a text with lines at the margin
MAX_TRIES = 20_000  # compilations, a second or two; what is broken beyond that is no Python
GOES_ON = re.compile(r"was never closed|unterminated triple-quoted|EOF")
NOT_COMPILED = (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError)
MAX_MESSAGE = 500  # characters of an exception's own text
MAX_NAME = 100  # and of its type's name
BODY_KEPT = ("%%time", "%%timeit", "%%capture", "%%prun")


def load(modules: Modules, main: str, label: str) -> tuple[ModuleType, list[Note]]:
    """The main module, executed, and what was lost on the way. The others can be imported, never shadow.

    `label` is what the student calls the main file; notes and tracebacks name it.
    """
    notes: list[Note] = []
    sys.meta_path.append(_Finder(modules, notes))  # last, so that numpy.py beside hw2.py is not numpy
    module = ModuleType(main)
    sys.modules[main] = module
    _execute(label, modules[main], module, notes)
    return module, notes


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a hand-in's own modules from memory; a folder is a package, with or without `__init__.py`."""

    def __init__(self, modules: Modules, notes: list[Note]) -> None:
        self.modules = modules
        self.notes = notes

    def find_spec(
        self, name: str, _path: object = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package = any(other.startswith(f"{name}.") for other in self.modules)
        if name not in self.modules and not package:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=package)

    def exec_module(self, module: ModuleType) -> None:
        label = f"{module.__name__.replace('.', '/')}.py"
        _execute(label, self.modules.get(module.__name__, ()), module, self.notes)


def _execute(label: str, cells: Sequence[Cell], module: ModuleType, notes: list[Note]) -> None:
    module.__file__ = label  # there is none, but scripts ask for their folder
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, bytes):
            where, text = label, _decode(cell)
        else:
            where, text = f"cell {number}", cell if _compiles(cell) else _without_magics(cell)
        for node, code in _statements(where, text, notes):
            try:
                exec(code, module.__dict__)
            except BaseException as error:  # SystemExit and KeyboardInterrupt too: the rest goes on
                notes.append(
                    Note(f"{where}, line {place(error, where) or node.lineno}", said(error), _names(node))
                )


def place(error: BaseException, where: str) -> int | None:
    """The last line of that file or cell on the way to the error."""
    lines = [line for name, line in way(error) if name == where]
    return lines[-1] if lines else None


def way(error: BaseException) -> list[tuple[str, int]]:
    """The files and lines on the way to the error; none where its class has another idea of a traceback."""
    try:
        return [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    except BaseException:
        return []


def own_place(error: BaseException) -> str:
    """The deepest place in the student's own source: "hw2.py, line 12"."""
    theirs = [
        (name, line) for name, line in way(error) if not os.path.isabs(name) and not name.startswith("<")
    ]
    return f"{theirs[-1][0]}, line {theirs[-1][1]}" if theirs else ""


def kind(error: BaseException) -> str:
    """The name of its type, whatever a metaclass makes of that."""
    return cut(lambda: type(error).__name__, MAX_NAME, "an exception")


def said(error: BaseException) -> str:
    """`NameError: name 'x' is not defined`, whatever its `__str__` does, cut to a readable length."""
    text = cut(
        lambda: str(error.msg if isinstance(error, SyntaxError) else error),
        MAX_MESSAGE,
        "(its message cannot be shown)",
    )
    return f"{kind(error)}: {text}" if text else kind(error)


def cut(text: Callable[[], str], length: int, instead: str) -> str:
    """The text's beginning, or what stands for it where asking for it fails."""
    try:
        return str.__getitem__(text(), slice(length))  # a subclass has its own idea of a cut
    except BaseException:
        return instead


def _decode(source: bytes) -> str:
    """As Python reads a file: by byte order mark, cookie, or as UTF-8; where that fails, as Latin-1."""
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return source.decode("utf-16", "replace")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        return source.decode(encoding)
    except (SyntaxError, ValueError, LookupError):
        return source.decode("latin-1")


def _statements(where: str, text: str, notes: list[Note]) -> Iterator[tuple[ast.stmt, CodeType]]:
    """Every top-level statement with its code; what does not compile is noted."""
    flags = 0
    for source, tree in _blocks(where, text, notes):
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                flags |= sum(
                    getattr(__future__, n.name).compiler_flag
                    for n in node.names
                    if hasattr(__future__, n.name)
                )
            try:
                code = _code(node, source, where, flags)
            except NOT_COMPILED as error:
                notes.append(Note(f"{where}, line {node.lineno}", said(error), _names(node)))
            else:
                yield node, code


def _code(node: ast.stmt, source: str, where: str, flags: int) -> CodeType:
    """The statement's code; of a sum of a thousand terms by its text, which may nest deeper than a tree."""
    try:
        code: CodeType = compile(ast.Module([node], []), where, "exec", flags, dont_inherit=True)
    except RecursionError:
        code = compile(_text_of(node, source), where, "exec", flags, dont_inherit=True)
    return code


def _text_of(node: ast.stmt, source: str) -> bytes:
    """The statement alone, with as many empty lines before it as there are lines; columns count bytes."""
    lines = [line.encode() for line in io.StringIO(source, newline="")]
    decorators = getattr(node, "decorator_list", [])
    first, column = (decorators[0].lineno, 0) if decorators else (node.lineno, node.col_offset)
    assert node.end_lineno
    own = lines[first - 1 : node.end_lineno]
    own[-1] = own[-1][: node.end_col_offset]
    own[0] = own[0][column:]
    return b"\n" * (first - 1) + b"".join(own)


def _blocks(where: str, text: str, notes: list[Note]) -> Iterator[tuple[str, ast.Module]]:
    """The whole if it compiles, else each run of top-level blocks that does, behind as many empty lines."""
    try:
        whole = _tree(text, where)
    except NOT_COMPILED:
        pass
    else:
        yield text, whole
        return
    lines = list(io.StringIO(text, newline=""))  # as Python counts; splitlines() also ends one at a form feed
    starts = _margins(lines)
    i = tries = 0
    while i < len(starts) - 1:
        j, cost = _salvaged(lines, starts, i)
        if j:
            source = "\n" * starts[i] + "".join(lines[starts[i] : starts[j]])
            yield source, ast.parse(source, where)
        else:
            notes.append(_broken(where, starts[i], "".join(lines[starts[i] : starts[i + 1]])))
        i, tries = j or i + 1, tries + cost
        if tries > MAX_TRIES and i < len(starts) - 1:
            notes.append(Note(f"{where}, line {starts[i] + 1}", "from here on this is no Python"))
            return


def _salvaged(lines: Sequence[str], starts: Sequence[int], i: int) -> tuple[int, int]:
    """Up to which start the block compiles (0 if it never does), and how many compilations that took.

    Only a block that ends in the middle of a bracket or a text is joined with the next.
    """
    for j in range(i + 1, min(i + MAX_JOINED, len(starts))):
        error = _error("".join(lines[starts[i] : starts[j]]))
        if error is None:
            return j, j - i
        if not GOES_ON.search(str(error)):
            break
    return 0, j - i


def _margins(lines: Sequence[str]) -> list[int]:
    """Where top-level blocks may begin: lines at the margin that can open a statement."""
    starts, decorated = [0], False
    for number, line in enumerate(lines):
        if not re.match(r"[^\s#)\]}]", line) or re.match(r"(else|elif|except|finally|case)\b", line):
            continue
        if number and not decorated:
            starts.append(number)
        decorated = line.startswith("@")
    return [*starts, len(lines)]


def _error(text: str, where: str = "") -> BaseException | None:
    """Why a text does not compile, if it does not."""
    try:
        _tree(text, where)
    except NOT_COMPILED as error:
        return error
    return None


def _tree(text: str, where: str) -> ast.Module:
    """The tree of a text that compiles."""
    tree = ast.parse(text, where)
    compile(text, where, "exec", dont_inherit=True)
    return tree


def _compiles(text: str) -> bool:
    return _error(text) is None


def _broken(where: str, start: int, block: str) -> Note:
    lost = tuple(re.findall(r"^\s*(?:async\s+)?def\s+(\w+)", block, re.MULTILINE))
    error = _error("\n" * start + block, where)
    line = error.lineno if isinstance(error, SyntaxError) and error.lineno else start + 1
    return Note(f"{where}, line {line}", said(error) if error else "this part cannot be read", lost)


def _names(node: ast.stmt) -> tuple[str, ...]:
    return (node.name,) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else ()


def _without_magics(cell: str) -> str:
    """A notebook cell's Python: `%%time` keeps its body, other cell magics drop the cell, line magics go.

    Only for a cell that does not compile as it is: in one that does, `%` is an operator or part of a text.
    """
    first = cell.lstrip().split(maxsplit=1)[:1]
    if first and first[0].startswith("%%"):
        if first[0] not in BODY_KEPT:
            return ""
        cell = cell.replace(cell.lstrip().splitlines()[0], "", 1)
    lines: list[str] = []
    for line in cell.split("\n"):
        plain = _without_magic(line)
        lines.append(line if plain == line or _goes_on(lines) else plain)
    return "\n".join(lines)


def _goes_on(lines: Sequence[str]) -> bool:
    """Whether a text or a bracket is still open behind these lines: then `%` is part of it."""
    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join([*lines, ""])).readline):
            pass
    except (tokenize.TokenError, SyntaxError) as error:
        return re.search("multi-line|triple-quoted", str(error)) is not None
    return False


def _without_magic(line: str) -> str:
    assigned = re.match(r"(\s*[\w, ]+=\s*)[%!]", line)  # files = !ls
    if assigned:
        return f"{assigned[1]}None"
    if re.match(r"\s*([%!?]|[\w.]+\?{1,2}\s*$)", line):  # %timeit f(x), !pip install, help?
        return f"{line[: len(line) - len(line.lstrip())]}pass"
    return line
