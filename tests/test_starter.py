"""What students complete is derived from the problems, and is what it says."""

import ast
import json

import nbformat
import pytest
from courses import course
from nbclient import NotebookClient

from grader.assignment import load_assignment
from grader.grade import grade
from grader.starter import notebook, starter
from grader.submission import read_submission


def functions(source):
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def written(assignment):
    """The functions of the example that answers everything with a formula."""
    path = assignment.folder / "submissions_example" / "right_closed_form" / "hw2.py"
    source = path.read_text(encoding="utf-8")
    return {name: ast.get_source_segment(source, node) for name, node in functions(source).items()}


def test_the_example_is_the_starter_as_it_is_generated(assignment):
    example = assignment.folder / "submissions_example" / "starter" / "hw2.py"
    assert example.read_text(encoding="utf-8") == starter(assignment)


def test_it_defines_every_asked_function_with_its_parameters_and_nothing_else(assignment):
    defined = {
        name: [argument.arg for argument in node.args.args]
        for name, node in functions(starter(assignment)).items()
    }
    assert defined == {problem.name: list(problem.parameters) for problem in assignment.problems}


def test_every_shape_is_told(assignment):
    for problem, node in zip(assignment.problems, functions(starter(assignment)).values(), strict=True):
        text = ast.get_docstring(node)
        assert all(f"{parameter}: " in text for parameter in problem.parameters)


def test_every_argument_has_a_type_that_python_knows(assignment):
    namespace = {}
    exec(starter(assignment), namespace)
    for problem in assignment.problems:
        annotations = namespace[problem.name].__annotations__
        assert set(problem.parameters) <= set(annotations)
    types = {node.name: ast.unparse(node.args) for node in functions(starter(assignment)).values()}
    assert types["grad_v"] == "v: np.ndarray, U: np.ndarray, y: np.ndarray"
    assert types["curve_taylor"] == "t: float, dt: float"
    assert types["identify_scalar_by_matrix"] == "ds: Callable, shape: tuple[int, ...]"


def test_no_line_is_too_long_for_a_screen(assignment):
    assert max(map(len, starter(assignment).splitlines())) <= 100


def test_a_title_with_quotes_and_backslashes_is_still_python(tmp_path):
    folder = course(tmp_path, 'f = Value(given={"x": Array["n"]}, points=1, what="a \\\\ and \\"\\"\\"")')
    toml = folder / "assignment.toml"
    toml.write_text(toml.read_text().replace('"Small"', '\'""" \\ "\''))
    source = starter(load_assignment(folder))
    assert ast.get_docstring(ast.parse(source)).startswith('""" \\ ". Complete')
    assert ast.get_docstring(functions(source)["f"]).startswith('A \\ and """.')


def test_the_notebook_is_one_and_holds_the_same_functions(assignment):
    text = notebook(assignment)
    book = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    source = starter(assignment)
    assert code[1:-1] == [ast.get_source_segment(source, node) for node in functions(source).values()]
    assert len({cell.id for cell in book.cells}) == len(book.cells)


@pytest.mark.filterwarnings("default")  # the kernel's
def test_the_notebook_runs_from_top_to_bottom_and_checks_itself(assignment):
    book = nbformat.reads(notebook(assignment), as_version=4)
    NotebookClient(book, resources={"metadata": {"path": str(assignment.folder)}}).execute()
    shown = str(book.cells[-1].outputs)
    assert "0 of 20" in shown and "Traceback" not in shown


def test_a_notebook_that_was_completed_in_its_cells_loses_nothing(assignment, key, server, tmp_path):
    book, right = json.loads(notebook(assignment)), written(assignment)
    for cell in book["cells"]:
        names = functions("".join(cell["source"])) if cell["cell_type"] == "code" else ()
        for name in names:
            cell["source"] = right[name]
    (tmp_path / "hw2.ipynb").write_text(json.dumps(book), encoding="utf-8")
    record = grade(assignment, key, read_submission(tmp_path / "hw2.ipynb", "hw2"), server)
    assert record.score == 100
    assert record.remarks == ()
