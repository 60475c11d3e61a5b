"""Each way in which something private could get into the package is planted once, and found."""

import json

import pytest
from courses import edit, said, shipped

from grader import archive
from grader.assignment import load_assignment
from grader.faults import Fault
from grader.handout import package
from grader.leaks import refuse_leaks
from grader.starter import notebook

FORMULA = "return (dU_tilde - U * (U * dU_tilde).sum()) / norm"
MISTAKE = "the residual is taken with Ũ, not with U"
SEED = "seed.txt"


@pytest.fixture
def folder(tmp_path):
    return shipped(tmp_path)


def refused(folder, members=None):
    """What the guard says of a folder's package, or of some members."""
    assignment = load_assignment(folder)
    with pytest.raises(Fault) as caught:
        refuse_leaks(assignment, package(assignment) if members is None else members)
    return str(caught.value)


def test_the_shipped_assignment_passes(assignment):
    refuse_leaks(assignment, package(assignment))


def test_a_formula_pasted_in_a_public_file_is_named_with_its_line(folder):
    number = edit(folder / "reference" / "network.py", FORMULA, FORMULA)
    text = "    return U_tilde / np.sqrt((U_tilde * U_tilde).sum())"
    edit(folder / "problems" / "network.py", text, f"{text}\n    # {FORMULA}")
    where = f"problems/network.py holds line {number} of reference/network.py"
    assert refused(folder) == f"{where}: {FORMULA}; take it out, or write it otherwise where it may be known"


@pytest.mark.parametrize(
    "pasted",
    [
        "return (dU_tilde-U*(U*dU_tilde).sum())/norm",
        "the gradient is 2 * v.T @ (v @ U - y), as you see",
        "    return 2 * v.T @ (\n        v @ U - y\n    )",
        r"# $d\tilde U$, so $G = (2/\|\tilde U\|)\,[v^\top e - U\operatorname{tr}(U^\top v^\top e)]$ with",
    ],
)
def test_a_line_is_found_as_a_part_and_however_it_is_spaced(folder, pasted):
    says = refused(folder, {"problems/network.py": f"x = 1\n{pasted}\n".encode()})
    assert says.startswith("problems/network.py holds line ")


def test_a_line_that_only_begins_like_a_secret_is_none(folder):
    """`A @ dB` does not stand in `A @ dBs`, but it does in a bracket."""
    secret = "np.trace(dA @ B) + np.trace(A @ dB)"
    for text, leaks in (
        (f"f({secret})", True),
        (f"{secret}.sum()", True),
        (f"my{secret}", False),
        ("np.trace(dA @ B) + np.trace(A @ dBs)", False),
    ):
        members = {"problems/rules.py": f"{text}\n".encode()}
        if leaks:
            assert "holds line" in refused(folder, members)
        else:
            refuse_leaks(load_assignment(folder), members)


def test_all_that_is_found_is_told_at_once(folder):
    members = {
        "problems/rules.py": b"# return np.trace(dA @ B) + np.trace(A @ dB)\n# return dA.T @ A + A.T @ dA\n"
    }
    says = refused(folder, members)
    assert says.count("problems/rules.py holds line") == 2
    assert says.count("np.trace(dA @ B)") == 1


def test_verify_says_so_before_anything_is_packed(folder):
    text = "    return U_tilde / np.sqrt((U_tilde * U_tilde).sum())"
    edit(folder / "problems" / "network.py", text, f"{text}\n    # {FORMULA}")
    assert "problems/network.py holds line " in said(folder)


def test_a_mistakes_text_in_a_statement(folder):
    edit(
        folder / "problems" / "network.py",
        "entry by entry.\n",
        f"entry by entry. Do not say that {MISTAKE}!\n",
    )
    assert "problems/network.py holds a known mistake of grad_U_tilde: the residual is" in refused(folder)


def test_a_mistakes_text_over_two_lines_of_the_introduction(folder):
    path = folder / "problems" / "introduction.md"
    path.write_text(
        path.read_text() + f"\nOften {MISTAKE.capitalize().replace(' is taken', chr(10) + 'is Taken')}."
    )
    assert "problems/introduction.md holds a known mistake of" in refused(folder)


def test_a_secret_activation(folder):
    edit(folder / "problems" / "network.py", "\nWeights =", "\n# np.sin(1.5*z) - 0.4*z\nWeights =")
    assert "problems/network.py holds a secret activation of network" in refused(folder)


@pytest.mark.parametrize("written", ["{}", "0x{}", "half of it: {:.40}", "spaced"])
def test_the_seed_in_a_docstring_is_found_and_not_repeated(folder, written):
    seed = (folder / "reference" / SEED).read_text().strip()
    spaced = " ".join(seed[i : i + 2] for i in range(0, len(seed), 2)).upper()
    told = spaced if written == "spaced" else written.format(seed)
    edit(folder / "problems" / "rules.py", "Two rules", f"{told}\n\nTwo rules")
    says = refused(folder)
    assert says.startswith("problems/rules.py holds the seed of reference/seed.txt; ")
    assert seed[:8] not in says


def test_the_settings_title_is_looked_at_too(folder):
    edit(folder / "assignment.toml", '"Matrix differentials"', f'"{MISTAKE}"')
    assert "holds a known mistake of grad_U_tilde" in refused(folder)


def test_what_a_page_and_a_notebook_write_otherwise_is_read(folder):
    line = '"the third component is t, so its derivative is 1": lambda t: np.array('
    page = "<p>the third <b>component</b> is t, so its derivative is&#32;1</p>"
    assert "statement.html holds a known" in refused(folder, {"statement.html": page.encode()})
    book = {"cells": [{"source": ["x = 1\n", line]}]}
    assert "hw2.ipynb holds " in refused(folder, {"hw2.ipynb": json.dumps(book).encode()})


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("# The projection term is missing: the norm is not a constant", "a known mistake of grad_U_tilde"),
        (f"    {FORMULA}\n", "line "),
        ("SEED = '{seed}'\n", "the seed of reference/seed.txt"),
    ],
)
def test_a_wheel_is_opened(folder, planted, found):
    seed = (folder / "reference" / SEED).read_text().strip()
    wheel = archive.zipped({"grader/notes.py": planted.replace("{seed}", seed).encode()})
    assert f"grader/notes.py in grader.whl holds {found}" in refused(folder, {"grader.whl": wheel})


def test_ordinary_python_that_grader_writes_too_is_no_leak(folder):
    path = folder / "reference" / "curve.py"
    path.write_text(path.read_text() + "\n\ndef _array(x):\n    return np.asarray(x, float)\n")
    ours = b"def f(x):\n    return np.asarray(x, float)\n"
    refuse_leaks(load_assignment(folder), {"grader.whl": archive.zipped({"grader/a.py": ours})})
    assert "hw2.py holds line" in refused(folder, {"hw2.py": ours})


def test_what_a_starter_needs_is_no_leak(folder):
    needed = "from grader.functions import Activation\ndef least_squares_gradient(A, b, x):\n"
    refuse_leaks(load_assignment(folder), {"hw2.py": needed.encode()})


def test_all_files_of_the_reference_count(folder):
    (folder / "reference" / "notes").mkdir()
    (folder / "reference" / "notes" / "sheet.md").write_text(
        "# -----------------------------\nnobody may know this line\n"
    )
    members = {"README.md": b"# -----------------------------\n  Nobody may know this line.\n"}
    assert "README.md holds line 2 of reference/notes/sheet.md: nobody may" in refused(folder, members)


def test_a_notebook_or_a_picture_beside_the_reference_is_no_obstacle(folder, assignment):
    book = {"cells": [{"cell_type": "code", "source": ["U * (U * dU_tilde).sum()"]}], "metadata": {}}
    for name, data in {
        "derivation.ipynb": json.dumps(json.loads(notebook(assignment)) | {"cells": book["cells"]}, indent=1),
        "broken.ipynb": '{"cells": 1}',
    }.items():
        (folder / "reference" / name).write_text(data)
    (folder / "reference" / "sheet.png").write_bytes(b"\x89PNG\xff")
    (folder / "reference" / "gone").symlink_to("nowhere")
    loaded = load_assignment(folder)
    refuse_leaks(loaded, package(loaded))
    members = {"problems/network.py": b"# U*(U*dU_tilde).sum()"}
    assert "holds line 1 of reference/derivation.ipynb: U * (U" in refused(folder, members)


def test_a_reference_that_cannot_be_used_ends_it(folder):
    (folder / "reference" / SEED).unlink()
    assert "seed.txt is missing" in refused(folder)


def test_without_a_reference_there_is_nothing_to_look_for(folder):
    for path in (folder / "reference").iterdir():
        path.unlink()
    (folder / "reference").rmdir()
    refuse_leaks(load_assignment(folder), {"a.txt": MISTAKE.encode()})
