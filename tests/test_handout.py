"""The starter file is derived from the problems, and is what it says."""

import ast

from grader.handout import starter


def test_the_example_is_the_starter_as_it_is_generated(assignment):
    example = assignment.folder / "submissions_example" / "starter" / "hw2.py"
    assert example.read_text(encoding="utf-8") == starter(assignment)


def test_it_defines_every_asked_function_with_its_parameters_and_nothing_else(assignment):
    defined = {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse(starter(assignment)).body
        if isinstance(node, ast.FunctionDef)
    }
    assert defined == {problem.name: list(problem.parameters) for problem in assignment.problems}


def test_every_shape_is_told(assignment):
    for problem, node in zip(assignment.problems, ast.parse(starter(assignment)).body[2:], strict=True):
        text = ast.get_docstring(node)
        assert all(f"{parameter}: " in text for parameter in problem.parameters)


def test_nothing_of_the_reference_is_in_it(assignment):
    text = starter(assignment)
    for path in (assignment.folder / "reference").iterdir():
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        told = [line for line in lines if len(line) > 20 and line in text and not line.startswith("def ")]
        assert told == []
