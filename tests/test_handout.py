"""The package is what it says, holds nothing private, and works where there is nothing else."""

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from courses import ROOT, edit, shipped
from test_wheel import empty_environment, run

from grader import wheel
from grader.assignment import load_assignment
from grader.faults import Fault
from grader.handout import _toml, hand_out, package
from grader.reference import load_reference
from grader.settings import Limits, Policies

ALLOWED = [
    *("README.md", "assignment.toml", wheel.NAME, "hw2.ipynb", "hw2.py"),
    *(f"problems/{name}" for name in ("curve.py", "identification.py", "introduction.md")),
    *(f"problems/{name}" for name in ("least_squares.py", "network.py", "rules.py")),
    *("statement.html", "statement.md"),
]


@pytest.fixture(scope="module")
def out(assignment, tmp_path_factory):
    """The package of the shipped assignment."""
    path = tmp_path_factory.mktemp("out") / "hw2.zip"
    assert sorted(hand_out(assignment, path)) == sorted(f"hw2/{name}" for name in ALLOWED)
    return path


@pytest.fixture(scope="module")
def unpacked(out, tmp_path_factory):
    """Its folder, where there is nothing else."""
    folder = tmp_path_factory.mktemp("student")
    zipfile.ZipFile(out).extractall(folder)
    assert [path.name for path in folder.iterdir()] == ["hw2"]
    return folder / "hw2"


@pytest.fixture(scope="module")
def installed(unpacked, tmp_path_factory):
    """A Python that has only what the package installs."""
    python, install = empty_environment(tmp_path_factory.mktemp("empty") / "venv")
    subprocess.run([*install, f"./{wheel.NAME}"], cwd=unpacked, check=True)
    return python


def texts(folder):
    """Every file below a folder as text, those of the wheel too."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".whl":
            archive = zipfile.ZipFile(path)
            yield from ((name, archive.read(name).decode()) for name in archive.namelist())
        elif path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


# ---- what is in it ----------------------------------------------------------------------------


def test_it_holds_what_is_allowed_and_nothing_else(out):
    assert sorted(zipfile.ZipFile(out).namelist()) == sorted(f"hw2/{name}" for name in ALLOWED)


def test_no_line_of_the_reference_and_no_secret_is_in_any_file(assignment, unpacked):
    """Looked for in another way than the guard does, and without its limit for grader's own files."""
    reference = load_reference(assignment)
    secrets = {says for known in reference.mistakes.values() for says in known}
    asked = "|".join(problem.name for problem in assignment.problems)
    needed = re.compile(rf"(from \S+ )?import |def ({asked})\(")
    for path in (ROOT / "reference").iterdir():
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        secrets |= {line for line in lines if len(line) > 20 and not needed.match(line)}
    assert reference.seed.hex() in secrets and len(secrets) > 200
    found = [(name, secret) for name, text in texts(unpacked) for secret in secrets if secret in text]
    assert found == []


def test_it_is_the_same_file_byte_for_byte(assignment, out, tmp_path):
    (tmp_path / "hw2.zip").write_bytes(b"an older one")
    hand_out(assignment, tmp_path / "hw2.zip")
    assert (tmp_path / "hw2.zip").read_bytes() == out.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["hw2.zip"]


def test_it_is_the_same_file_from_another_folder(out, tmp_path):
    hand_out(load_assignment(shipped(tmp_path / "elsewhere")), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == out.read_bytes()


def test_what_else_lies_in_the_authors_folder_stays_there(tmp_path):
    folder = shipped(tmp_path)
    for name in ("problems/draft.py", "problems/notes.md", "problems/network.py.orig", "grades.csv"):
        (folder / name).write_text('"""# Draft"""\n')
    edit(folder / "assignment.toml", '"curve", ', "")
    edit(folder / "assignment.toml", "points = 100", "points = 89")
    names = package(load_assignment(folder))
    assert sorted(names) == sorted(set(ALLOWED) - {"problems/curve.py"})


def test_the_settings_travel_without_comments_and_what_only_grading_needs(assignment, unpacked):
    text = (unpacked / "assignment.toml").read_text(encoding="utf-8")
    assert "#" not in text and not any(name in text for name in ("hints", "family", "late", "tests"))
    loaded = load_assignment(unpacked)
    kept = {name: getattr(assignment.settings, name) for name in ("tests", "hints")}
    assert replace(loaded.settings, **kept) == assignment.settings
    assert [problem.name for problem in loaded.problems] == [problem.name for problem in assignment.problems]


def test_every_setting_survives_being_written(assignment, tmp_path):
    odd = replace(
        assignment.settings,
        title='"Ü" \\ \x7f 𝛁',
        points=Decimal("1E+2"),
        tests=True,  # as where it does not say
        limits=Limits(import_seconds=1e-05, memory=64),
        policies=Policies(imprecise=Decimal("0.50"), numerical="zero"),
    )
    folder = shipped(tmp_path)
    (folder / "assignment.toml").write_text(_toml(odd), encoding="utf-8")
    assert load_assignment(folder).settings == odd


def test_the_readme_has_three_lines_that_say_what_to_do(unpacked):
    lines = (unpacked / "README.md").read_text(encoding="utf-8").splitlines()
    assert [re.match(r"\d\. (Install|Check|Hand in)", line)[1] for line in lines] == [
        "Install",
        "Check",
        "Hand in",
    ]
    assert f'python -m pip install "./{wheel.NAME}[student]"' in lines[0]
    assert "python -m grader check hw2.py" in lines[1]


# ---- what is refused --------------------------------------------------------------------------


def test_only_a_zip_is_written(assignment, tmp_path):
    with pytest.raises(Fault, match=r"hw2\.tar is no \.zip, and the package is one; name it hw2\.zip"):
        hand_out(assignment, tmp_path / "hw2.tar")
    assert list(tmp_path.iterdir()) == []


def test_with_a_leak_nothing_is_written_and_the_old_file_stays(tmp_path):
    folder = shipped(tmp_path)
    (tmp_path / "old.zip").write_bytes(b"old")
    edit(folder / "problems" / "curve.py", "All three", "Beware: this is the first derivative. All three")
    with pytest.raises(Fault, match=r"^problems/curve\.py holds a known mistake of curve_acceleration: "):
        hand_out(load_assignment(folder), tmp_path / "old.zip")
    assert (tmp_path / "old.zip").read_bytes() == b"old"


def test_the_command_names_what_it_has_written(tmp_path):
    code, shown, said = run(
        ROOT / ".venv" / "bin" / "grader", "handout", tmp_path / "hw2.zip", "--assignment", ROOT, cwd=tmp_path
    )
    assert (code, said) == (0, "")
    assert shown.splitlines()[1:] == [f"  hw2/{name}" for name in sorted(ALLOWED)]
    code, _, said = run(ROOT / ".venv" / "bin" / "grader", "handout", "x", "--assignment", ROOT, cwd=tmp_path)
    assert (code, said) == (1, "grader: x is no .zip, and the package is one; name it x.zip")


# ---- where there is nothing else --------------------------------------------------------------


def test_the_given_functions_can_be_called_in_its_folder(installed, unpacked):
    code = "import numpy as np; from problems.network import normalize; print(normalize(np.eye(4))[0, 0])"
    assert run(installed, "-c", code, cwd=unpacked) == (0, "0.5", "")


def checked(installed, folder, *arguments):
    """What `check` says in the package's folder."""
    return run(installed, "-m", "grader", "check", *arguments, cwd=folder)


def test_the_starter_has_nothing_right_and_is_told_so_kindly(installed, unpacked):
    code, shown, said = checked(installed, unpacked, "hw2.py")
    assert (code, "Traceback" in shown + said) == (0, False)
    assert "\n0 of 20 functions are right" in shown


def test_the_starter_notebook_too(installed, unpacked):
    code, shown, _ = checked(installed, unpacked, "hw2.ipynb")
    assert code == 0 and "\n0 of 20 functions are right" in shown


def test_the_right_hand_in_is_right(installed, unpacked, tmp_path):
    folder = shutil.copytree(unpacked, tmp_path / "hw2")
    shutil.copy(ROOT / "submissions_example" / "right_closed_form" / "hw2.py", folder)
    code, shown, _ = checked(installed, folder, "hw2.py")
    assert code == 0 and "\n20 of 20 functions are right" in shown


# ---- what could not be checked at home -------------------------------------------------------


def test_a_problem_that_needs_a_file_which_stays_here_is_refused(tmp_path):
    folder = shipped(tmp_path / "course")
    (folder / "problems" / "data.csv").write_text("1,2", encoding="utf-8")
    path = folder / "problems" / "rules.py"
    text = path.read_text(encoding="utf-8")
    opening = (
        "import numpy as np\nfrom pathlib import Path\nPath(__file__).with_name('data.csv').read_text()\n"
    )
    path.write_text(text.replace("import numpy as np\n", opening, 1), encoding="utf-8")

    with pytest.raises(
        Fault, match=r"students could not check it: problems/rules.py, line \d+: FileNotFoundError"
    ):
        hand_out(load_assignment(folder), tmp_path / "hw2.zip")
    assert not (tmp_path / "hw2.zip").exists()


@pytest.mark.parametrize("name", ["grader", "problems"])
def test_a_file_that_would_hide_what_the_package_holds_is_refused(name, tmp_path):
    folder = shipped(tmp_path / "course")
    edit(folder / "assignment.toml", 'file = "hw2"', f'file = "{name}"')

    with pytest.raises(Fault, match="would hide a folder or the grader"):
        hand_out(load_assignment(folder), tmp_path / "out.zip")
