"""Imports point one way. Each module may import only what stands below it in this list."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "grader"
ORDER = [
    "cli",
    "batch.command",
    "pytest_plugin",
    "suite.begin",
    "suite.suite",
    "suite.naming",
    "suite.items",
    "suite.reports",
    "suite.fixtures",
    "suite.clock",
    "suite.asked",
    "suite.kept_out",
    "suite.sources",
    "notebook",
    "student",
    "batch.cluster.driver",
    "batch.cluster.slurm",
    "batch.cluster.worker",
    "batch.cluster.lane",
    "batch.cluster.wire",
    "gradescope.bundle",
    "gradescope.run",
    "gradescope.graded",
    "gradescope.rehearsal",
    "gradescope.instructors",
    "platforms.autolab",
    "platforms.classroom",
    "platforms.prairielearn",
    "platforms.told",
    "platforms.room",
    "batch.batch",
    "batch.folder",
    "batch.book",
    "batch.run",
    "batch.engine",
    "batch.hand_ins",
    "report.similar",
    "report.dashboard",
    "report.progress",
    "report.concerns",
    "report.mistakes",
    "report.panels",
    "report.register",
    "report.elements",
    "report.style",
    "report.script",
    "report.charts",
    "report.items",
    "report.people",
    "report.export",
    "report.gradebook_csv",
    "report.feedback",
    "report.intake",
    "batch.exports.intake",
    "batch.exports.lateness",
    "batch.exports.classlist",
    "batch.exports.gradescope",
    "batch.exports.metadata",
    "batch.exports.canvas",
    "batch.exports.moodle",
    "batch.exports.parts",
    "batch.exports.classroom",
    "batch.exports.folders",
    "batch.exports.unpack",
    "batch.exports.contents",
    "batch.exports.people",
    "report.html",
    "report.check",
    "report.proof",
    "report.text",
    "report.staff",
    "report.pictures",
    "report.taylor",
    "report.drawing",
    "gradescope.lost",
    "gradescope.decorated",
    "gradescope.results",
    "gradescope.refusal",
    "gradescope.metadata",
    "gradescope.late",
    "gradescope.schema",
    "batch.by_hand",
    "batch.lanes",
    "batch.fingerprint",
    "batch.grades.merge",
    "batch.grades.findings",
    "batch.grades.runs",
    "batch.grades.overrides",
    "batch.grades.store",
    "batch.plan",
    "batch.grades.schema",
    "batch.grades.packed",
    "batch.held",
    "batch.grades.filesystem",
    "batch.similar.similarity",
    "batch.similar.winnowing",
    "scaffold",
    "handout",
    "page",
    "starter",
    "statement",
    "wheel",
    "proving.verify",
    "proving.mutation",
    "proving.consistency",
    "proving.derivation",
    "proving.known",
    "proving.home",
    "proving.examples",
    "proving.proof",
    "proving.trial",
    "proving.definitions",
    "leaks",
    "archive",
    "grade",
    "sandbox.modules",
    "sandbox.remote",
    "sandbox.operands",
    "sandbox.standin",
    "sandbox.handle",
    "sandbox.caller",
    "sandbox.raised",
    "sandbox.texts",
    "sandbox.audit",
    "report.paste",
    "terminal",
    "report.document",
    "report.escape",
    "numerical",
    "diagnose",
    "diagnosis.law",
    "diagnosis.lattice",
    "diagnosis.answers",
    "diagnosis.operations",
    "diagnosis.summands",
    "diagnosis.hypothesis",
    "diagnosis.changes",
    "diagnosis.coefficients",
    "diagnosis.regions",
    "diagnosis.evidence",
    "batch.gradebook",
    "batch.roster",
    "remainder",
    "directions",
    "literals",
    "record",
    "compare",
    "selfcheck",
    "key",
    "sandbox.session",
    "sandbox.jail",
    "sandbox.spawner",
    "sandbox.process",
    "sandbox.isolation",
    "sandbox.question",
    "sandbox.server",
    "sandbox.attacks",
    "sandbox.layers",
    "sandbox.seccomp",
    "sandbox.landlock",
    "sandbox.kernel",
    "sandbox.worker",
    "sandbox.objects",
    "sandbox.loader",
    "sandbox.meter",
    "sandbox.steps",
    "sandbox.outcome",
    "sandbox.line",
    "sandbox.values",
    "sandbox.frames",
    "sampling",
    "reference",
    "submission",
    "assignment",
    "settings",
    "authored",
    "signature",
    "problem",
    "parts",
    "numeric",
    "functions",
    "sandbox.basis",
    "sandbox.packing",
    "shapes",
    "distributions",
    "files",
    "atomic",
    "progress",
    "as_json",
    "faults",
]
THEIRS = {
    f"sandbox.{name}"
    for name in (
        *("server", "attacks", "layers", "seccomp", "landlock", "kernel"),
        *("worker", "objects", "loader", "meter", "steps", "outcome", "line", "values", "frames"),
        *("basis", "packing"),
    )
}


def module_name(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def modules():
    """By name; the template of an assignment is none of the grader's own."""
    found = (path for path in PACKAGE.rglob("*.py") if PACKAGE / "template" not in path.parents)
    return {module_name(path): path for path in found if not path.name.startswith("__")}


def imported(path):
    """The grader's modules that a file imports anywhere, also inside functions."""
    known = set(modules())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name.removeprefix("grader.") for a in node.names if a.name.startswith("grader."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "grader":
            assert node.level == 0
            base = (node.module or "").removeprefix("grader").removeprefix(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".removeprefix(".")
                if inner in known or base:
                    yield inner if inner in known else base


def test_the_list_is_complete():
    assert sorted(ORDER) == sorted(modules())


@pytest.mark.parametrize("name", ORDER)
def test_imports_point_down_the_list(name):
    upward = [other for other in imported(modules()[name]) if ORDER.index(other) <= ORDER.index(name)]
    assert upward == []


def test_the_check_would_see_an_import_that_points_up(tmp_path):
    planted = tmp_path / "shapes.py"
    planted.write_text("def f():\n    from grader.grade import grade\n    import grader.key\n")
    assert list(imported(planted)) == ["grade", "key"]


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_what_runs_in_the_students_process_imports_nothing_else_of_ours(name):
    assert set(imported(modules()[name])) <= THEIRS


def test_few_start_processes():
    callers = {
        name for name, path in modules().items() if {"sandbox.session", "sandbox.jail"} & set(imported(path))
    }
    assert callers == {
        *(
            "grade",
            "cli",
            "student",
            "suite.begin",
            "batch.lanes",
            "batch.engine",
            "gradescope.graded",
            "sandbox.session",
            "sandbox.remote",
        )
    }


def test_no_module_imports_an_assignment():
    for path in modules().values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tops = {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        assert not tops & {"problems", "reference"}, path


def test_functions_are_short():
    lengths = [
        (node.end_lineno - node.lineno + 1, f"{name}.{node.name}")
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert [entry for entry in lengths if entry[0] > 50] == []
    assert sorted(length for length, _ in lengths)[len(lengths) // 2] <= 10


def test_loading_the_command_line_loads_neither_numpy_nor_pydantic_nor_rich():
    code = "import sys, grader.cli; print(sorted({'numpy', 'pydantic', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_grading_needs_neither_pydantic_nor_rich():
    code = "import sys, grader.grade; print(sorted({'pydantic', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
