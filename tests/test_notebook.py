"""The self-check in a real notebook, and in a kernel's stead where only what it says matters."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from grader import notebook
from grader.grade import grade
from grader.submission import read_submission

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "submissions_example"


@pytest.fixture
def homework(tmp_path):
    """The folder that a student unpacks."""
    shutil.copytree(ROOT / "problems", tmp_path / "problems", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "assignment.toml", tmp_path)
    return tmp_path


def executed(folder, *cells):
    """The outputs of a notebook's cells, run by a kernel of their own in that folder."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.validate(book)
    with pytest.MonkeyPatch.context() as patch:  # the kernel of this environment, and no user's own settings
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        patch.setenv("JUPYTER_PATH", str(Path(sys.prefix, "share", "jupyter")))
        NotebookClient(
            book, timeout=60, allow_errors=True, resources={"metadata": {"path": folder}}
        ).execute()
    return [cell.outputs for cell in book.cells]


VELOCITY = "def curve_velocity(t):\n    return np.array([{}2 * np.sin(t), 4 * np.cos(t), 1.0])"
TAYLOR = """
def curve_taylor(t, dt):
    f, df = np.array([2 * np.cos(t), 4 * np.sin(t), t]), np.array([-2 * np.sin(t), 4 * np.cos(t), 1])
    return f + df * dt + np.array([-2 * np.cos(t), -4 * np.sin(t), 0]) * dt**2
"""


def test_a_real_notebook_shows_tables_with_reasons_and_pictures(homework):
    setup, one, wrong, everything, refused = executed(
        homework,
        "import numpy as np\nimport grader",
        f"{VELOCITY.format('-')}\ngrader.check(curve_velocity)",
        f"{TAYLOR}\ngrader.check(curve_taylor)",
        "grader.check_all()",
        "grader.check(print)",
    )

    assert setup == []
    assert [sorted(o.data) for o in (*one, *wrong, *everything)] == [["text/html", "text/plain"]] * 3
    assert "curve_velocity is right, worth 3 of 3 points" in one[0].data["text/plain"]
    page = wrong[0].data["text/html"]
    assert "curve_taylor" in page
    assert "away from an" in page
    assert "<svg" in page
    assert "<script" not in page
    assert "1 of 20 functions are right" in everything[0].data["text/plain"]
    assert "There is no function grad_v" in everything[0].data["text/html"]
    assert refused[0].traceback[0].startswith("grader: there is no function print in this homework")
    assert len(refused[0].traceback) == 1


def test_an_endless_loop_is_interrupted_and_the_kernel_lives_on(homework):
    toml = (
        (homework / "assignment.toml")
        .read_text(encoding="utf-8")
        .replace("call_seconds = 2", "call_seconds = 0.5")
    )
    (homework / "assignment.toml").write_text(toml, encoding="utf-8")
    loop, after = executed(
        homework,
        "import grader\ndef curve_velocity(t):\n    while True: pass\ngrader.check(curve_velocity)",
        "print('alive')",
    )

    assert "It did not come to an end: no answer within 0.5 s." in loop[0].data["text/plain"]
    assert after[0].text == "alive\n"


def test_a_notebook_with_checks_in_it_is_graded_as_without(tmp_path, assignment, key, server):
    """Its calls of `grader.check` do nothing there, and leave no remark."""
    book = nbformat.read(EXAMPLES / "right_notebook/hw2.ipynb", as_version=4)
    for source in ("import grader", "grader.check(grad_W)", "grader.check_all()"):
        book.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(book, tmp_path / "hw2.ipynb")
    with_checks = grade(assignment, key, read_submission(tmp_path, "hw2"), server)
    without = grade(assignment, key, read_submission(EXAMPLES / "right_notebook", "hw2"), server)

    assert (with_checks.score, with_checks.remarks) == (without.score, without.remarks)


# ---- what is said is what is said elsewhere ------------------------------------------------------------


def functions_of(folder):
    namespace = {"__name__": "hw2"}
    exec(compile((folder / "hw2.py").read_text(encoding="utf-8"), "hw2.py", "exec"), namespace)
    return namespace


@pytest.mark.parametrize(
    "name", ["right_loops", "wrong_shapes", "wrong_transposed", "raises", "mutates_inputs", "float32_inside"]
)
def test_examples_have_the_verdicts_of_grading(name, assignment, key, server):
    graded = grade(assignment, key, read_submission(EXAMPLES / name, "hw2"), server)
    seen = notebook.check_all(functions_of(EXAMPLES / name), ROOT).record

    assert [(p.name, p.verdict) for p in seen.problems] == [(p.name, p.verdict) for p in graded.problems]
    assert [
        p.student.sentence for p in seen.problems if p.verdict not in ("right", "imprecise", "raised")
    ] == [p.student.sentence for p in graded.problems if p.verdict not in ("right", "imprecise", "raised")]


def test_the_inputs_are_copies_in_the_layout_that_was_drawn():
    """A function that keeps or changes what it is given spoils no later call."""
    seen = []

    def curve_velocity(t):
        return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])

    def d_quadratic_of_transpose(A, dA):
        seen.append((A.flags.c_contiguous, A.flags.f_contiguous, A.flags.writeable, A.dtype))
        if A.flags.writeable:
            A += 1
        return A

    record = notebook.check(curve_velocity, d_quadratic_of_transpose, folder=ROOT).record

    assert [problem.verdict for problem in record.problems] == ["right", "shape"]
    assert {(True, False, True, np.dtype(float)), (False, True, True, np.dtype(float))} <= set(seen)
    assert any(not writeable for _, _, writeable, _ in seen)
    assert any(dtype == np.float32 for *_, dtype in seen)


def test_a_complex_argument_of_the_given_functions_is_refused_in_words():
    def grad_W(v, W, X, y, s, r):
        return s(W @ X + 1e-20j)

    (problem,) = notebook.check(grad_W, folder=ROOT).record.problems

    assert problem.verdict == "raised"
    assert "s takes a real array; it was called with dtype complex128" in problem.student.sentence


def test_what_a_function_prints_does_not_flood_the_cell(capsys):
    def curve_velocity(t):
        print("t is", t)
        return np.zeros(3)

    (problem,) = notebook.check(curve_velocity, folder=ROOT).record.problems

    assert problem.student.printed.startswith("t is ")
    assert capsys.readouterr().out == ""


def test_the_students_own_interrupt_is_theirs():
    def curve_velocity(t):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        notebook.check(curve_velocity, folder=ROOT)


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    try: sum(range(1000))\n    except: pass",  # one lands in it, the next outside
        "import time; time.sleep(60)",
    ],
)
def test_code_that_swallows_an_interrupt_or_sleeps_ends_all_the_same(body, homework):
    toml = (homework / "assignment.toml").read_text(encoding="utf-8")
    edited = toml.replace("call_seconds = 2", "call_seconds = 0.3")
    (homework / "assignment.toml").write_text(edited, encoding="utf-8")
    indented = body.replace("\n", "\n    ")
    namespace = {}
    exec(f"def curve_velocity(t):\n    {indented}", namespace)

    (problem,) = notebook.check(namespace["curve_velocity"], folder=homework).record.problems

    assert problem.verdict == "timed out"


def test_with_nothing_named_all_are_checked_and_where_there_is_nothing_that_is_said(homework):
    everything, nothing = executed(
        homework,
        f"import grader\nimport numpy as np\n{VELOCITY.format('-')}\ngrader.check()",
        "del curve_velocity\ngrader.check_all()",
    )

    assert "1 of 20 functions are right" in everything[0].data["text/plain"]
    assert nothing[0].traceback == [
        "grader: none of the functions is defined here yet: run the cells above, then this one again"
    ]


def test_in_another_thread_it_works_without_a_deadline():
    found = []
    right = functions_of(EXAMPLES / "right_closed_form")["curve_velocity"]
    thread = threading.Thread(target=lambda: found.append(notebook.check(right, folder=ROOT)))
    thread.start()
    thread.join(30)

    assert [problem.verdict for problem in found[0].record.problems] == ["right"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (5, "check takes functions, such as check(grad_W), and was given int"),
        (np.sin, "there is no function sin in this homework: there are grad_v, grad_U"),
    ],
)
def test_what_is_no_function_of_the_homework_is_told(given, says):
    with pytest.raises(notebook.Refusal) as caught:
        notebook.check(given, folder=ROOT)
    assert str(caught.value).startswith(says)


def test_no_homework_is_told(tmp_path):
    with pytest.raises(
        notebook.Refusal, match=r"there is no assignment.toml in .* go to the homework's folder"
    ):
        notebook.check_all({}, folder=tmp_path)


def test_without_altair_there_are_no_pictures(monkeypatch):
    monkeypatch.setattr(notebook, "find_spec", lambda _: None)

    def curve_velocity(t):
        return np.zeros(3)

    seen = notebook.check(curve_velocity, folder=ROOT)

    assert "<svg" not in seen._repr_html_()
    assert "curve_velocity" in seen._repr_html_()


def test_it_costs_nothing_to_import_and_does_nothing_in_a_module(tmp_path):
    (tmp_path / "hw2.py").write_text("import grader\nassert grader.check_all() is None\n", encoding="utf-8")
    code = "import sys, hw2; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
