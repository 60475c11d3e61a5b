"""By what a result is known again: fingerprints of problems and of the machine, by content.

A problem's fingerprint covers everything that its verdict, its score and its diagnosis are made from: drawn
inputs, right values, formulas, points, policies. Functions count by what they do, that is by their bytecode
and by whatever they name, and so do an author's classes and modules; comments, line numbers and the order of
a file do not. So an author who mends one reference has one problem graded again.

What cannot be compared by content counts as another thing each time: too much is graded, never too little.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any

import numpy as np

import grader
from grader.assignment import Assignment, Problem
from grader.batch.plan import Plan
from grader.key import Key, Sample
from grader.reference import Reference

SIZE = 16  # bytes; of a class's few thousand problems and hand-ins no two will ever agree by chance
PLAIN = (type(None), bool, int, float, complex, str, bytes, Decimal, np.generic)
NAMED = (  # others' code: it comes with the environment
    *(type, ModuleType, BuiltinFunctionType, np.ufunc),
    type(np.linalg.norm),  # numpy's functions of arrays are none of Python's
)
HOMES = ("problems", "reference")  # where an author's files are; an environment may lie beside them
WRAPPED = (staticmethod, classmethod, type(cache(len)))
ON_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: of classes that a class statement makes
NOT_DONE = {  # what a class or a module has beside what it does
    *("__module__", "__doc__", "__dict__", "__weakref__", "__firstlineno__", "__static_attributes__"),
    *("__annotations__", "__annotations_cache__", "__annotate__", "__annotate_func__"),
    *("__dataclass_fields__", "__dataclass_params__"),  # what comes of them is in its functions
    *(
        "__builtins__",
        "__cached__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__path__",
        "__spec__",
    ),
    *("__abstractmethods__", "_abc_impl"),
}


def plan(assignment: Assignment, reference: Reference, key: Key) -> Plan:
    """What is to be graded, on this machine. A problem has its fingerprint without its place in the list."""
    settings = assignment.settings
    rules = (settings.limits, settings.policies, settings.hints)
    return Plan(
        environment=environment(),
        whole=fingerprint((settings.title, settings.file, settings.limits)),
        problems={
            problem.name: fingerprint((*rules, *_material(problem, reference, key)), assignment.folder)
            for problem in assignment.problems
        },
    )


def environment() -> str:
    """This machine's: whatever may move the last digit of a number, and our own code."""
    return fingerprint(surroundings())


def surroundings() -> dict[str, str]:
    """The same in words, so that two machines can be told how they differ."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "Python": platform.python_version(),
        "numpy": np.__version__,
        "BLAS": f"{blas['name']} {blas['version']}",
        "grader's source": fingerprint(tuple(_sources())),
    }


def fingerprint(value: Any, assignment: Path | None = None) -> str:
    """The value's, in hexadecimal digits; what it names may lie in the folder of an assignment."""
    found = sha256()
    homes = [(assignment / name).resolve() for name in HOMES] if assignment else []
    for part in _parts(value, {}, homes):
        found.update(len(part).to_bytes(8, "little") + part)
    return found.hexdigest()[: 2 * SIZE]


def _material(problem: Problem, reference: Reference, key: Key) -> tuple[Any, ...]:
    """All that the problem's record is made from."""
    private = [
        table.get(problem.name) for table in (reference.mistakes, reference.terms, reference.quantities)
    ]
    samples = tuple(map(_comparable, key.samples[problem.name]))
    asked = key.larger.get(problem.name), problem.name in key.sloped
    return (
        problem.name,
        problem.kind,
        problem.points,
        reference.answers[problem.name],
        private,
        samples,
        asked,
    )


def _comparable(sample: Sample) -> tuple[Any, ...]:
    """All of it but its memory."""
    return sample.case, sample.public, sample.expected, sample.conditions, sample.slack


def _sources() -> list[bytes]:
    """Our own code, but for reports: while a version is written its number does not tell what changed."""
    folder = Path(grader.__file__).parent
    files = [*folder.glob("*.py"), *(folder / "sandbox").glob("*.py"), *(folder / "diagnosis").glob("*.py")]
    return [path.read_bytes() for path in sorted(files)]


def _parts(value: Any, seen: dict[int, Any], homes: Sequence[Path]) -> Iterator[bytes]:
    """The value in pieces: its type, and what it consists of; what has been met already only by its place."""
    if isinstance(value, PLAIN):
        yield type(value).__name__.encode()
        yield value if isinstance(value, bytes) else repr(value).encode("utf-8", "backslashreplace")
        return
    if id(value) in seen:
        yield b"again %d" % list(seen).index(id(value))
        return
    seen[id(value)] = value  # kept, so that no other value can get its number
    yield type(value).__qualname__.encode()
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield f"{value.dtype.str} {value.shape} {value.flags.f_contiguous} {value.flags.writeable}".encode()
        yield value.tobytes()
    elif isinstance(value, NAMED) and not _is_authored(value, homes):
        yield f"{getattr(value, '__module__', '')} {value.__name__}".encode()
    else:
        own = (type(value),) if _is_authored(type(value), homes) else ()
        content = (*own, *_content(value))
        yield b"%d" % len(content)
        for item in content:
            yield from _parts(item, seen, homes)


def _is_authored(value: Any, homes: Sequence[Path]) -> bool:
    """Whether it is a class or a module of an author's file, be that executed or imported."""
    if isinstance(value, ModuleType):
        file = getattr(value, "__file__", None) or ""
        return file != "" and any(Path(file).resolve().is_relative_to(home) for home in homes)
    if not isinstance(value, type) or not value.__flags__ & ON_HEAP:
        return False
    module = sys.modules.get(value.__module__)
    name, inside, _ = value.__qualname__.partition(".")
    there = vars(module).get(name) if module else None
    if there is value or (inside and there is not None):
        return _is_authored(module, homes)
    return True  # an executed file is no module, and another one may have its name


def _content(value: Any) -> tuple[Any, ...]:
    """What it consists of."""
    if isinstance(value, (type, ModuleType)):
        return _definitions(value)
    if isinstance(value, FunctionType):
        return _function(value)
    if isinstance(value, WRAPPED):
        return (value.__wrapped__,)
    if isinstance(value, property):
        return value.fget, value.fset, value.fdel
    if isinstance(value, CodeType):
        return _code(value)
    if isinstance(value, MethodType):
        return value.__func__, value.__self__
    if isinstance(value, partial):
        return value.func, value.args, value.keywords
    if isinstance(value, (dict, MappingProxyType, Mapping)):
        return tuple(part for item in value.items() for part in item)
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(value, key=repr))
    if isinstance(value, (tuple, list)):
        return tuple(value)
    if is_dataclass(value):
        return tuple(getattr(value, field.name) for field in fields(value) if field.compare)
    return (repr(value),)  # with an address in it, unless its author has seen to that


def _definitions(value: type | ModuleType) -> tuple[Any, ...]:
    """What a class or a module is called and defines, whatever the order."""
    bases = value.__bases__ if isinstance(value, type) else ()
    return value.__name__, bases, sorted((n, x) for n, x in vars(value).items() if n not in NOT_DONE)


def _function(function: FunctionType) -> tuple[Any, ...]:
    """What it does: its code, its defaults, what it closes over, and what of its file it names."""
    named = {
        name: function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__
    }
    closed = [cell.cell_contents for cell in function.__closure__ or ()]
    return function.__code__, function.__defaults__, function.__kwdefaults__, closed, named


def _names(code: CodeType) -> list[str]:
    """The names that it and the functions inside it look up, sorted."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return sorted({*code.co_names, *(name for each in inner for name in _names(each))})


def _code(code: CodeType) -> tuple[Any, ...]:
    """The bytecode and its operands: neither file nor lines."""
    return code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_freevars, code.co_flags
