"""Do the drawn cases notice a changed reference? Each is changed in every small way, one at a time.

A mutant is the reference's file with one expression replaced: a sign, a factor, a transpose, a term, an
index, an exponent. It is caught if a hand-in with its values would fail. One that passes either changes no
value, on other inputs as little as on the drawn ones, or it survives: it is what the drawn cases cannot tell.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Literal
from warnings import catch_warnings, simplefilter

from grader import authored, sampling
from grader.compare import Verdict
from grader.faults import Fault
from grader.key import OFFS, by_formula, draw_samples, exact_arguments, off
from grader.proving.definitions import definitions, parsed, place, reached
from grader.proving.proof import MutationProof
from grader.proving.trial import SAME, Subject, apart, judged, tried, value
from grader.reference import Formula, Reference, unbundled

MORE = 4  # times as many core cases as are drawn for grading
MOST_PASSES = 1_000_000  # through the loops of one call
TICK = "_tick"
OPPOSITE: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
BESIDE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
EXCHANGED = {"sin": "cos", "cos": "sin", "sum": "mean", "mean": "sum"}

Place = ast.expr | ast.stmt
Fate = Literal["caught", "broken", "equivalent", "survived"]


@dataclass(frozen=True)
class Mutant:
    """A reference's file with one expression replaced; `says` both."""

    line: int
    says: str
    tree: ast.Module


@dataclass(frozen=True)
class Probe:
    """An input that is not drawn for grading, and the right value there."""

    arguments: tuple[Any, ...]
    expected: Any
    conditions: tuple[float, ...]


def prove(subject: Subject, reference: Reference) -> MutationProof:
    """Change whatever a problem's reference uses of its file, and see what the drawn cases notice."""
    name = subject.problem.name
    probes = tuple(_probes(subject, reference))
    found = list(mutants(parsed(subject.path), name))
    fates = [_fate(subject, mutant, probes) for mutant in found]
    survivors = tuple(
        f"{place(subject.path, mutant.line)}: no drawn case of {name} notices when {mutant.says}"
        for mutant, fate in zip(found, fates, strict=True)
        if fate == "survived"
    )
    broken = fates.count("broken")
    return MutationProof(fates.count("caught") + broken, broken, fates.count("equivalent"), survivors)


def _probes(subject: Subject, reference: Reference) -> Iterator[Probe]:
    """More draws of both streams, and beside each an input off by 1 ± 2⁻²⁰, which no symmetry survives."""
    problem = subject.problem
    streams = (
        sampling.public_stream(problem),
        sampling.secret_stream(problem, reference.seed, reference.activations[problem.topic.name]),
    )
    samples = list(subject.samples)
    for stream in streams:
        seed = sha256(b"mutants" + stream.seed).digest()
        other = replace(stream, seed=seed, core=MORE * stream.core)
        samples += draw_samples(
            problem, by_formula(problem, subject.formula), other, sampling.plan(problem, other)
        )
    for sample in samples:
        inputs = exact_arguments(problem, sample.case)
        beside = [off(x, offs) for x, offs in zip(inputs, OFFS[0], strict=False)]
        yield Probe(tuple(inputs), sample.expected, sample.conditions)
        yield Probe(tuple(beside), value(subject.formula, beside), sample.conditions)


def _fate(subject: Subject, mutant: Mutant, probes: tuple[Probe, ...]) -> Fate:
    try:
        formula = _formula(subject, mutant)
    except Fault:
        return "broken"
    for sample in subject.samples:
        judgement = judged(tried(formula, subject.problem, sample), sample)
        if not judgement.verdict.passes:
            return "caught" if judgement.verdict is Verdict.WRONG else "broken"
    errors = (apart(value(formula, probe.arguments), probe.expected, probe.conditions) for probe in probes)
    return "survived" if any(error > SAME for error in errors) else "equivalent"


def _formula(subject: Subject, mutant: Mutant) -> Formula:
    """The mutated reference, whose loops come to an end."""
    with catch_warnings():
        simplefilter("ignore")  # of a compiler that is surprised by what it gets
        namespace = authored.executed(mutant.tree, subject.path)

    def limited(*arguments: Any) -> Any:
        namespace[TICK] = partial(next, iter(range(MOST_PASSES)))
        return namespace[subject.problem.name](*arguments)

    return unbundled(subject.problem, limited)


# ---- changes --------------------------------------------------------------------------------


def mutants(tree: ast.Module, name: str) -> Iterator[Mutant]:
    """Every small change of a function and of what it uses of its file."""
    tree = _ticking(tree)
    seen = set()
    for statement in reached(definitions(tree), name).values():
        for old, new in _replacements(statement):
            located = ast.fix_missing_locations(ast.copy_location(new, old))
            changed = _replaced(statement, old, located)
            if (text := ast.unparse(changed)) not in seen:
                seen.add(text)
                body = [changed if each is statement else each for each in tree.body]
                says = f"`{ast.unparse(old)}` becomes `{ast.unparse(new)}`"
                yield Mutant(old.lineno, says, ast.Module(body, type_ignores=[]))


def _ticking(tree: ast.Module) -> ast.Module:
    """The same file, with a call in every loop of a function that raises an exception in the end."""
    for function in tree.body:
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, (ast.For, ast.While)):
                node.body.insert(0, ast.parse(f"{TICK}()").body[0])
    return tree


def _replaced(node: Any, old: ast.AST, new: ast.AST) -> Any:
    """A copy of the tree with one node replaced."""
    if node is old:
        return new
    if isinstance(node, list):
        return [_replaced(each, old, new) for each in node]
    if not isinstance(node, ast.AST):
        return node
    fields = {field: _replaced(child, old, new) for field, child in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)


def _replacements(statement: ast.stmt) -> Iterator[tuple[Place, Place]]:
    """Pairs of a node and what may stand in its place."""
    for node in _walked(statement):
        match node:
            case ast.Return(value=ast.expr() as result) | ast.Lambda(body=result):
                for part in result.elts if isinstance(result, ast.Tuple) else [result]:
                    yield from ((part, new) for new in (_negative(part), _times_two(part), _transposed(part)))
            case ast.AugAssign(target, op, term) if type(op) in OPPOSITE:
                yield node, ast.AugAssign(target, OPPOSITE[type(op)](), term)
            case ast.List(elts=parts):
                yield from ((part, new) for part in parts for new in (_negative(part), ast.Constant(0)))
            case ast.expr():
                yield from ((node, new) for new in _changes(node))


def _walked(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a definition that are computed, not those of its head."""
    match statement:
        case ast.FunctionDef(body=body):
            for each in body:
                yield from ast.walk(each)
        case ast.Assign(value=expression) | ast.AnnAssign(value=ast.expr() as expression):
            yield from ast.walk(expression)


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left, ast.Add() | ast.Sub() as op, right):
            yield ast.BinOp(left, OPPOSITE[type(op)](), right)  # a sign
            yield left  # a term
            yield right if isinstance(op, ast.Add) else _negative(right)
            if isinstance(op, ast.Add):
                yield ast.BinOp(right, op, left)  # of tuples
        case ast.BinOp(left, ast.Mult() | ast.Div() as op, right):
            yield ast.BinOp(left, OPPOSITE[type(op)](), right)
            yield left  # a factor
            if isinstance(op, ast.Mult):
                yield right
        case ast.BinOp(left, ast.MatMult() as op, right):
            yield ast.BinOp(right, op, left)
            yield ast.BinOp(_transposed(left), op, right)
            yield ast.BinOp(left, op, _transposed(right))
        case ast.BinOp(left, ast.Pow() as op, right):
            yield left
            yield ast.BinOp(left, op, ast.BinOp(right, ast.Add(), ast.Constant(1)))
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.Compare(left, [op], rights) if type(op) in BESIDE:
            yield ast.Compare(left, [BESIDE[type(op)]()], rights)
        case ast.IfExp(test, body, orelse):
            yield from (body, orelse, ast.IfExp(test, orelse, body))
        case ast.Attribute(operand, "T"):
            yield operand
        case ast.Attribute(operand, name) if name in EXCHANGED:
            yield ast.Attribute(operand, EXCHANGED[name], ast.Load())
        case ast.Constant(value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from map(ast.Constant, _other_numbers(value))


def _other_numbers(number: float) -> tuple[float, ...]:
    """An index or an exponent is one off, a factor is twice or minus itself."""
    if isinstance(number, int):
        return tuple(sorted({number + 1, max(number - 1, 0), 2 * number} - {number}))
    return (2 * number or 1.0,)


def _negative(node: ast.expr) -> ast.expr:
    return node.operand if isinstance(node, ast.UnaryOp) else ast.UnaryOp(ast.USub(), node)


def _transposed(node: ast.expr) -> ast.expr:
    match node:
        case ast.Attribute(operand, "T"):
            return operand
        case _:
            return ast.Attribute(node, "T", ast.Load())


def _times_two(node: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(2), ast.Mult(), node)
