"""One hand-in, whatever its form: real files, folders and archives, also hostile ones."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unprivileged import unprivileged

from grader import submission as module
from grader.faults import Fault
from grader.submission import Submission, gathered, is_looked_at, read_submission

ANSWER = b"def f(x):\n    return x\n"
OTHER = b"def f(x):\n    return -x\n"


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """The folder, with these files in it."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def packed(path: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip file with these members, in order and with their names as they are."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # unchecked: ZipInfo would clean it
            info.compress_type = method
            archive.writestr(info, data)
    return path


def linked(path: Path, name: str, target: str) -> Path:
    """A zip file whose only member is a symbolic link."""
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
    return path


def cell(source, kind="code"):
    return {"cell_type": kind, "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def notebook(path: Path, *cells) -> Path:
    content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


# ---- one file -----------------------------------------------------------------------------


def test_a_script_is_one_cell_of_its_bytes(tmp_path):
    path = write(tmp_path, {"hw2.py": b"# \xe4, no UTF-8\r\n"}) / "hw2.py"

    actual = read_submission(path, "hw2")

    assert actual == Submission("hw2.py", "hw2", {"hw2": (b"# \xe4, no UTF-8\r\n",)}, "hw2.py")


def test_an_empty_script_is_a_submission_without_fault(tmp_path):
    actual = read_submission(write(tmp_path, {"hw2.py": b""}) / "hw2.py", "hw2")

    assert (actual.modules, actual.fault) == ({"hw2": (b"",)}, "")


def test_another_name_is_taken_without_remark_when_that_file_was_handed_in(tmp_path):
    path = tmp_path / "my solution (2).py"
    path.write_bytes(ANSWER)

    actual = read_submission(path, "hw2")

    assert (actual.name, actual.main, actual.modules, actual.remarks) == (
        "my solution (2).py",
        "hw2",
        {"hw2": (ANSWER,)},
        (),
    )


@pytest.mark.parametrize("name", ["hw2", "hw2.txt", "hw2.tar.gz", "hw2.py.pdf", "hw2.pyc"])
def test_a_file_of_another_kind_is_a_fault_that_says_what_is_read(tmp_path, name):
    (tmp_path / name).write_bytes(ANSWER)

    actual = read_submission(tmp_path / name, "hw2")

    assert actual.fault == f"{name} is no .py, .ipynb, .zip or folder; hand in one of these"


def test_the_suffix_may_be_in_capitals(tmp_path):
    (tmp_path / "HW2.PY").write_bytes(ANSWER)

    assert read_submission(tmp_path / "HW2.PY", "hw2").modules == {"hw2": (ANSWER,)}


def test_a_file_that_is_not_there_is_not_the_students_fault(tmp_path):
    with pytest.raises(Fault, match=r"hw2\.py cannot be read: No such file or directory"):
        read_submission(tmp_path / "hw2.py", "hw2")


def test_an_unreadable_file_is_not_the_students_fault(open_folder):
    path = write(open_folder, {"hw2.py": ANSWER}) / "hw2.py"
    path.chmod(0)

    with unprivileged(), pytest.raises(Fault, match=r"hw2\.py cannot be read: Permission denied"):
        read_submission(path, "hw2")


def test_a_script_of_exactly_the_allowed_size_is_read(tmp_path):
    data = b"#" * module.MAX_SOURCE

    assert read_submission(write(tmp_path, {"hw2.py": data}) / "hw2.py", "hw2").modules == {"hw2": (data,)}


def test_a_script_one_byte_too_large_is_a_fault_that_names_the_limit(tmp_path):
    actual = read_submission(write(tmp_path, {"hw2.py": b"#" * (module.MAX_SOURCE + 1)}) / "hw2.py", "hw2")

    assert actual.fault == "hw2.py is too large: a hand-in may have 512 KiB of source text"


def test_a_huge_sparse_file_costs_no_memory(tmp_path):
    path = tmp_path / "hw2.py"
    with path.open("wb") as stream:
        stream.truncate(1 << 36)

    actual, peak = peak_of_reading(path)

    assert actual == "hw2.py is too large: a hand-in may have 512 KiB of source text"
    assert peak < 100 << 20


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "hw2.py")

    actual, _ = peak_of_reading(tmp_path / "hw2.py")

    assert actual == "hw2.py is no ordinary file"


def test_a_device_is_refused():
    actual, _ = peak_of_reading(Path("/dev/zero"))

    assert actual == "zero is no .py, .ipynb, .zip or folder; hand in one of these"


@pytest.mark.parametrize("target", ["real/hw2.py", "real"])
def test_a_link_that_was_named_is_refused_and_costs_no_student_a_point(tmp_path, target):
    """Followed, a student's link to the reference would be graded as an answer."""
    write(tmp_path / "real", {"hw2.py": ANSWER})
    (tmp_path / "link").symlink_to(tmp_path / target)

    with pytest.raises(Fault, match="link is a link; name the file or folder that it leads to"):
        read_submission(tmp_path / "link", "hw2")


@pytest.mark.parametrize(
    ("file", "label"), [("work/my answer.py", "my answer.py"), ("hw2.ipynb", "hw2.ipynb"), ("", "hw2.py")]
)
def test_the_label_is_what_the_student_calls_the_file(file, label):
    assert Submission("x.zip", "hw2", {"hw2": ()}, file).label == label


def test_a_hand_in_with_a_fault_has_the_asked_module_without_cells(tmp_path):
    actual = read_submission(tmp_path, "hw2")

    assert (actual.main, actual.modules, actual.file) == ("hw2", {"hw2": ()}, "")


def test_a_submission_cannot_be_changed(tmp_path):
    actual = read_submission(write(tmp_path, {"hw2.py": ANSWER}), "hw2")

    with pytest.raises(AttributeError):
        actual.fault = "mine"


# ---- odd names ----------------------------------------------------------------------------


def test_a_name_that_is_no_text_is_shown_as_escapes(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.py"
    Path(os.fsdecode(path)).write_bytes(ANSWER)

    actual = read_submission(Path(os.fsdecode(path)), "hw2")

    assert (actual.name, actual.file, actual.modules) == ("\\udcff.py", "\\udcff.py", {"hw2": (ANSWER,)})


def test_a_folder_whose_name_is_no_text_gives_texts_that_can_be_written(tmp_path):
    inner = tmp_path / os.fsdecode(b"x\xff")
    write(inner, {"hw2.py": ANSWER})
    (inner / "link.py").symlink_to("/etc/passwd")

    actual = read_submission(tmp_path, "hw2")

    assert actual.file == "x\\udcff/hw2.py"
    assert actual.remarks == ("x\\udcff/link.py is a link or no ordinary file and was passed over",)


def test_a_fault_that_quotes_a_name_that_is_no_text_can_be_written(tmp_path):
    folder = tmp_path / os.fsdecode(b"x\xff")
    folder.mkdir()

    assert read_submission(folder, "hw2").fault.encode() == (
        b"there is no hw2.py or hw2.ipynb in x\\udcff: it has no Python file or notebook"
    )


def test_an_emoji_in_a_name_stays(tmp_path):
    write(tmp_path / "Übung 2 🎉", {"hw2.py": ANSWER})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.file, actual.modules) == ("Übung 2 🎉/hw2.py", {"hw2": (ANSWER,)})


def test_the_current_folder_is_named_after_itself(tmp_path, monkeypatch):
    folder = write(tmp_path / "ada", {"hw2.py": ANSWER})
    monkeypatch.chdir(folder)

    assert read_submission(Path(), "hw2").name == "ada"


# ---- notebooks ----------------------------------------------------------------------------


def test_a_notebooks_code_cells_are_the_cells(tmp_path):
    path = notebook(tmp_path / "hw2.ipynb", cell("a = 1"), cell("b = 2\n"))

    actual = read_submission(path, "hw2")

    assert actual == Submission("hw2.ipynb", "hw2", {"hw2": ("a = 1", "b = 2\n")}, "hw2.ipynb")


def test_a_source_that_is_a_list_of_lines_is_joined(tmp_path):
    path = notebook(tmp_path / "hw2.ipynb", cell(["def f():\n", "    return 1"]))

    assert read_submission(path, "hw2").modules == {"hw2": ("def f():\n    return 1",)}


@pytest.mark.parametrize("kind", ["markdown", "raw", "heading"])
def test_a_cell_that_is_no_code_is_ignored(tmp_path, kind):
    path = notebook(tmp_path / "hw2.ipynb", cell("def f(): text", kind), cell("a = 1"))

    assert read_submission(path, "hw2").modules == {"hw2": ("a = 1",)}


def test_a_notebook_of_format_3_keeps_its_cells_in_a_worksheet(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "code", "input": ["a = 1\n", "b = 2"], "language": "python", "outputs": []},
        {"cell_type": "code", "input": "c = 3"},
    ]
    path = tmp_path / "hw2.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))

    assert read_submission(path, "hw2").modules == {"hw2": ("a = 1\nb = 2", "c = 3")}


def test_a_notebook_without_cells_is_a_submission_without_code(tmp_path):
    actual = read_submission(notebook(tmp_path / "hw2.ipynb"), "hw2")

    assert (actual.modules, actual.fault) == ({"hw2": ()}, "")


def test_a_notebook_may_begin_with_a_byte_order_mark(tmp_path):
    path = notebook(tmp_path / "hw2.ipynb", cell("a = 'é'"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert read_submission(path, "hw2").modules == {"hw2": ("a = 'é'",)}


def test_half_a_character_in_a_notebook_is_kept_and_has_a_digest(tmp_path):
    path = tmp_path / "hw2.ipynb"
    path.write_text('{"cells": [{"cell_type": "code", "source": "a = \'\\ud800\'"}]}')

    actual = read_submission(path, "hw2")

    assert actual.modules == {"hw2": ("a = '\ud800'",)}
    assert len(actual.digest) == 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def f(): pass",
        "{",
        "[]",
        "5",
        "null",
        '"cells"',
        "{}",
        '{"cells": 5}',
        '{"cells": [5]}',
        '{"cells": [{"source": "a = 1"}]}',
        '{"cells": [{"cell_type": "code", "source": null}]}',
        '{"cells": [{"cell_type": "code", "source": [1]}]}',
        '{"worksheets": []}',
        '{"nbformat": ' + "9" * 5000 + "}",
        "\ufeff\ufeff{}",
    ],
    ids=lambda text: text[:24] or "nothing",
)
def test_a_file_that_is_no_notebook_is_a_fault_that_says_so(tmp_path, text):
    (tmp_path / "hw2.ipynb").write_text(text, encoding="utf-8")

    actual = read_submission(tmp_path / "hw2.ipynb", "hw2")

    assert actual.fault == "hw2.ipynb is no notebook; save it again as .ipynb"


def test_deeply_nested_json_is_a_fault(tmp_path):
    (tmp_path / "hw2.ipynb").write_text('{"cells": ' + "[" * 200_000)

    actual = read_submission(tmp_path / "hw2.ipynb", "hw2")

    assert actual.fault == "hw2.ipynb is no notebook; save it again as .ipynb"


def test_bytes_that_are_no_utf_8_are_no_notebook(tmp_path):
    (tmp_path / "hw2.ipynb").write_bytes(b'{"cells": [], "x": "\xff"}')

    actual = read_submission(tmp_path / "hw2.ipynb", "hw2")

    assert actual.fault == "hw2.ipynb is no notebook; save it again as .ipynb"


def test_large_output_does_not_count_as_source(tmp_path):
    picture = cell("a = 1") | {"outputs": [{"data": {"image/png": "A" * (4 << 20)}}]}

    actual = read_submission(notebook(tmp_path / "hw2.ipynb", picture), "hw2")

    assert (actual.modules, actual.fault) == ({"hw2": ("a = 1",)}, "")


def test_a_notebook_beyond_the_limit_asks_to_clear_its_output(tmp_path):
    with (tmp_path / "hw2.ipynb").open("wb") as stream:
        stream.truncate(module.MAX_NOTEBOOK + 1)

    actual = read_submission(tmp_path / "hw2.ipynb", "hw2")

    assert actual.fault == "hw2.ipynb is larger than 32 MiB; clear its output and hand it in again"


def test_a_notebook_of_many_small_things_costs_no_memory(tmp_path):
    path = tmp_path / "hw2.ipynb"
    path.write_text('{"cells": [], "metadata": [' + "[]," * 5_000_000 + "0]}")

    actual, peak = peak_of_reading(path)

    assert actual == "hw2.ipynb has too much output; clear it and hand it in again"
    assert peak < 100 << 20


def test_too_much_text_in_cells_is_a_fault_that_names_the_limit(tmp_path):
    path = notebook(tmp_path / "hw2.ipynb", *[cell("#" * 100_000)] * 6)

    assert read_submission(path, "hw2").fault == (
        "hw2.ipynb is too large: 2000 cells and 512 KiB of source are read"
    )


def test_text_in_cells_counts_by_the_byte(tmp_path):
    path = notebook(tmp_path / "hw2.ipynb", cell("# " + "é" * (module.MAX_SOURCE // 2)))

    assert read_submission(path, "hw2").fault.startswith("hw2.ipynb is too large: ")


def test_too_many_cells_are_a_fault(tmp_path):
    path = notebook(tmp_path / "hw2.ipynb", *[cell("")] * (module.MAX_FILES + 1))

    assert read_submission(path, "hw2").fault.startswith("hw2.ipynb is too large: ")


# ---- folders ------------------------------------------------------------------------------


def test_the_file_is_found_somewhere_inside_a_folder(tmp_path):
    write(tmp_path, {"a/b/hw2.py": ANSWER, "a/b/data.csv": b"1 2 3"})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.name, actual.file, actual.modules, actual.remarks) == (
        tmp_path.name,
        "a/b/hw2.py",
        {"hw2": (ANSWER,)},
        (),
    )


def test_modules_and_packages_beside_the_file_come_along_under_their_import_names(tmp_path):
    write(
        tmp_path / "work",
        {
            "hw2.py": ANSWER,
            "forward.py": b"1",
            "calculus/__init__.py": b"2",
            "calculus/rules.py": b"3",
            "calculus/deep/er.py": b"4",
        },
    )

    actual = read_submission(tmp_path, "hw2").modules

    assert actual == {
        "hw2": (ANSWER,),
        "forward": (b"1",),
        "calculus": (b"2",),
        "calculus.rules": (b"3",),
        "calculus.deep.er": (b"4",),
    }


def test_scripts_above_the_file_cannot_be_imported_and_stay_out(tmp_path):
    write(tmp_path, {"setup.py": OTHER, "work/hw2.py": ANSWER})

    assert read_submission(tmp_path, "hw2").modules == {"hw2": (ANSWER,)}


def test_a_script_whose_name_cannot_be_imported_stays_out(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    (tmp_path / "hw2-old.py").write_bytes(OTHER)

    assert read_submission(tmp_path, "hw2").modules == {"hw2": (ANSWER,)}


def test_helper_scripts_come_along_with_a_notebook(tmp_path):
    notebook(tmp_path / "hw2.ipynb", cell("import forward"))
    write(tmp_path, {"forward.py": b"1"})

    assert read_submission(tmp_path, "hw2").modules == {"hw2": ("import forward",), "forward": (b"1",)}


def test_the_file_nearest_the_top_is_graded(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER, "old/hw2.py": OTHER})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.file, actual.modules["hw2"]) == ("hw2.py", (ANSWER,))


def test_two_files_at_the_same_depth_are_a_fault_that_names_both(tmp_path):
    write(tmp_path / "x", {"a/hw2.py": ANSWER, "b/hw2.py": OTHER})

    actual = read_submission(tmp_path / "x", "hw2")

    assert actual.fault == "x has a/hw2.py and b/hw2.py; hand in one of them"


def test_a_script_is_graded_before_a_notebook_and_this_is_remarked(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    notebook(tmp_path / "hw2.ipynb", cell("a = 1"))

    actual = read_submission(tmp_path, "hw2")

    assert (actual.file, actual.remarks) == ("hw2.py", ("hw2.py was graded; hw2.ipynb was not",))


def test_the_exact_name_is_graded_before_one_in_capitals(tmp_path):
    write(tmp_path, {"HW2.py": OTHER, "hw2.py": ANSWER})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.file, actual.remarks) == ("hw2.py", ("hw2.py was graded; HW2.py was not",))


def test_a_name_in_capitals_is_graded_where_it_is_the_only_one(tmp_path):
    write(tmp_path, {"Hw2.py": ANSWER, "helper.py": OTHER})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.file, actual.modules) == ("Hw2.py", {"hw2": (ANSWER,), "helper": (OTHER,)})


def test_another_name_is_taken_with_a_remark_when_it_is_the_only_script(tmp_path):
    write(tmp_path, {"homework.py": ANSWER})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": (ANSWER,)},
        ("there is no hw2.py; homework.py was taken for it",),
    )


def test_another_notebook_is_taken_when_there_is_nothing_else(tmp_path):
    notebook(tmp_path / "Untitled.ipynb", cell("a = 1"))

    actual = read_submission(tmp_path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": ("a = 1",)},
        ("there is no hw2.py; Untitled.ipynb was taken for it",),
    )


def test_several_scripts_of_other_names_are_a_fault_that_lists_them(tmp_path):
    write(tmp_path / "x", {"one.py": ANSWER, "two.py": OTHER})

    actual = read_submission(tmp_path / "x", "hw2")

    assert actual.fault == "there is no hw2.py or hw2.ipynb in x: it has one.py, two.py"


def test_a_folder_without_source_is_a_fault(tmp_path):
    write(tmp_path / "x", {"answers.txt": b"42"})

    actual = read_submission(tmp_path / "x", "hw2")

    assert actual.fault == "there is no hw2.py or hw2.ipynb in x: it has no Python file or notebook"


@pytest.mark.parametrize(
    "clutter",
    ["__MACOSX/hw2.py", "._hw2.py", ".ipynb_checkpoints/hw2.py", "__pycache__/hw2.py", ".git/hw2.py"],
)
def test_clutter_is_passed_over_in_silence(tmp_path, clutter):
    write(tmp_path, {"work/hw2.py": ANSWER, "work/.DS_Store": b"\0"})
    (tmp_path / clutter).parent.mkdir(exist_ok=True)
    (tmp_path / clutter).write_bytes(OTHER)

    actual = read_submission(tmp_path, "hw2")

    assert (actual.file, actual.modules, actual.remarks) == ("work/hw2.py", {"hw2": (ANSWER,)}, ())


def test_what_a_mac_writes_beside_a_file_is_no_second_file(tmp_path):
    write(tmp_path, {"solution.py": ANSWER, "._solution.py": b"\0\5\x16\7"})

    assert read_submission(tmp_path, "hw2").modules == {"hw2": (ANSWER,)}


def test_a_link_in_a_folder_is_passed_over_with_a_remark(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    (tmp_path / "helper.py").symlink_to("/etc/passwd")

    actual = read_submission(tmp_path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": (ANSWER,)},
        ("helper.py is a link or no ordinary file and was passed over",),
    )


def test_a_linked_folder_is_not_entered(tmp_path):
    write(tmp_path / "elsewhere", {"hw2.py": ANSWER})
    (tmp_path / "x").mkdir()
    (tmp_path / "x/link").symlink_to(tmp_path / "elsewhere")

    assert read_submission(tmp_path / "x", "hw2").modules == {"hw2": ()}


def test_a_folder_that_links_to_itself_comes_to_an_end(tmp_path):
    write(tmp_path, {"a/hw2.py": ANSWER})
    (tmp_path / "a/again").symlink_to(tmp_path)

    assert read_submission(tmp_path, "hw2").file == "a/hw2.py"


def test_a_pipe_in_a_folder_is_passed_over_with_a_remark(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    os.mkfifo(tmp_path / "helper.py")

    actual = read_submission(tmp_path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": (ANSWER,)},
        ("helper.py is a link or no ordinary file and was passed over",),
    )


def test_a_folder_with_links_alone_says_what_was_passed_over(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/hw2.py").symlink_to("/etc/passwd")

    actual = read_submission(tmp_path / "x", "hw2")

    assert (actual.fault, actual.remarks) == (
        "there is no hw2.py or hw2.ipynb in x: it has no Python file or notebook",
        ("hw2.py is a link or no ordinary file and was passed over",),
    )


def test_many_remarks_are_counted_instead_of_told(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    for k in range(module.MAX_REMARKS + 3):
        (tmp_path / f"a{k}.py").symlink_to("/etc/passwd")

    actual = read_submission(tmp_path, "hw2").remarks

    assert (len(actual), actual[-1]) == (module.MAX_REMARKS + 1, "3 more files were passed over")


def test_what_was_graded_is_told_before_all_that_was_passed_over(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    notebook(tmp_path / "hw2.ipynb", cell("a = 1"))
    for k in range(module.MAX_REMARKS + 3):
        (tmp_path / f"a{k}.py").symlink_to("/etc/passwd")

    assert read_submission(tmp_path, "hw2").remarks[0] == "hw2.py was graded; hw2.ipynb was not"


@pytest.mark.parametrize("name", ["helper.py", "secret"])
def test_an_unreadable_helper_or_folder_is_not_the_students_fault(open_folder, name):
    write(open_folder, {"hw2.py": ANSWER, "helper.py": OTHER, "secret/helper.py": OTHER})
    (open_folder / name).chmod(0)

    with unprivileged(), pytest.raises(Fault, match=f"{name} cannot be read: Permission denied"):
        read_submission(open_folder, "hw2")
    (open_folder / name).chmod(0o700)


def test_a_folder_whose_files_cannot_be_looked_at_is_no_crash(open_folder):
    write(open_folder, {"hw2.py": ANSWER, "secret/helper.py": OTHER})
    (open_folder / "secret").chmod(0o444)

    with unprivileged():
        actual = read_submission(open_folder, "hw2")
    (open_folder / "secret").chmod(0o700)

    assert actual.modules == {"hw2": (ANSWER,)}


def test_a_helper_beyond_the_limit_for_all_costs_itself_and_is_remarked(tmp_path):
    large = b"#" * (300 << 10)
    write(tmp_path, {"hw2.py": ANSWER, "a.py": large, "b.py": large, "c.py": b"1"})

    actual = read_submission(tmp_path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": (ANSWER,), "a": (large,), "c": (b"1",)},
        ("b.py is too large: a hand-in may have 512 KiB of source text; it was passed over",),
    )


def test_too_many_scripts_in_a_folder_are_a_fault(tmp_path):
    folder = tmp_path / "x"
    folder.mkdir()
    for k in range(module.MAX_FILES + 1):
        (folder / f"a{k}.py").touch()

    actual = read_submission(folder, "hw2")

    assert actual.fault == "x has more than 2000 source files; hand in your own alone"


def test_folders_in_folders_without_end_cost_nothing_but_themselves(tmp_path):
    """As deep as a path may be: deeper than Python's own walk goes."""
    write(tmp_path, {"hw2.py": ANSWER, "a/helper.py": OTHER})
    deep = os.open(tmp_path / "a", os.O_RDONLY)
    for _ in range(1900):
        os.mkdir("a", dir_fd=deep)
        below = os.open("a", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = below
    os.close(deep)

    actual = read_submission(tmp_path, "hw2")
    subprocess.run(["rm", "-r", tmp_path / "a"], check=True)  # Python's own way back up ends as its way down

    assert actual.modules == {"hw2": (ANSWER,), "a.helper": (OTHER,)}
    assert actual.remarks == ("what lies more than 30 folders deep was passed over",)


def test_data_files_do_not_count_as_scripts(tmp_path):
    write(tmp_path, {"hw2.py": ANSWER})
    for k in range(module.MAX_FILES + 1):
        (tmp_path / f"{k}.csv").touch()

    assert read_submission(tmp_path, "hw2").modules == {"hw2": (ANSWER,)}


# ---- zip files ----------------------------------------------------------------------------


def test_a_zip_file_is_read_like_the_folder_it_holds(tmp_path):
    path = packed(
        tmp_path / "x.zip",
        ("work/hw2.py", ANSWER),
        ("work/calculus/rules.py", OTHER),
        ("work/a.png", b"\x89"),
    )

    actual = read_submission(path, "hw2")

    assert actual == Submission("x.zip", "hw2", {"hw2": (ANSWER,), "calculus.rules": (OTHER,)}, "work/hw2.py")


def test_a_zip_file_may_be_stored_without_compression(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), method=zipfile.ZIP_STORED)

    assert read_submission(path, "hw2").modules == {"hw2": (ANSWER,)}


def test_a_zip_files_suffix_may_be_in_capitals(tmp_path):
    assert read_submission(packed(tmp_path / "X.ZIP", ("hw2.py", ANSWER)), "hw2").modules == {
        "hw2": (ANSWER,)
    }


def test_a_notebook_in_a_zip_file_is_read(tmp_path):
    content = json.dumps({"cells": [cell("a = 1")]}).encode()

    actual = read_submission(packed(tmp_path / "x.zip", ("a/hw2.ipynb", content)), "hw2")

    assert (actual.file, actual.modules) == ("a/hw2.ipynb", {"hw2": ("a = 1",)})


def test_nothing_of_a_zip_file_is_written_to_the_disk(tmp_path, monkeypatch):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), ("../evil.py", OTHER), ("/tmp/evil.py", OTHER))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    read_submission(path, "hw2")

    assert sorted(p.name for p in tmp_path.rglob("*")) == ["here", "x.zip"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../hw2.py", "../hw2.py"),
        ("a/../../hw2.py", "a/../../hw2.py"),
        ("/etc/hw2.py", "/etc/hw2.py"),
        ("C:\\hw2.py", "C:/hw2.py"),
        ("..\\hw2.py", "../hw2.py"),
        ("\\\\server\\hw2.py", "//server/hw2.py"),
    ],
)
def test_a_member_that_points_outside_is_passed_over_with_a_remark(tmp_path, name, shown):
    path = packed(tmp_path / "x.zip", (name, OTHER), ("hw2.py", ANSWER))

    actual = read_submission(path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": (ANSWER,)},
        (f"{shown} points outside the zip file and was passed over",),
    )


def test_backslashes_of_a_windows_zip_are_folders(tmp_path):
    path = packed(tmp_path / "x.zip", ("work\\hw2.py", ANSWER), ("work\\calculus\\rules.py", OTHER))

    actual = read_submission(path, "hw2")

    assert (actual.file, actual.modules) == ("work/hw2.py", {"hw2": (ANSWER,), "calculus.rules": (OTHER,)})


def test_a_link_in_a_zip_file_is_passed_over_with_a_remark(tmp_path):
    actual = read_submission(linked(tmp_path / "x.zip", "hw2.py", "/etc/passwd"), "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": ()},
        ("hw2.py is a link and was passed over",),
    )


@pytest.mark.parametrize("clutter", ["__MACOSX/._hw2.py", "__MACOSX/hw2.py", ".ipynb_checkpoints/hw2.py"])
def test_clutter_in_a_zip_file_is_passed_over_in_silence(tmp_path, clutter):
    path = packed(tmp_path / "x.zip", (clutter, OTHER), ("a/b/.DS_Store", b"\0"), ("a/b/hw2.py", ANSWER))

    actual = read_submission(path, "hw2")

    assert (actual.modules, actual.remarks) == ({"hw2": (ANSWER,)}, ())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_different_members_of_one_name_are_both_refused(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), ("hw2.py", OTHER))

    actual = read_submission(path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": ()},
        ("the zip file has two different files named hw2.py; neither was used",),
    )


def test_names_that_differ_in_case_alone_are_one_name(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), ("HW2.py", OTHER))

    actual = read_submission(path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": ()},
        ("the zip file has two different files named HW2.py; neither was used",),
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_member_twice_is_used_once(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), ("hw2.py", ANSWER))

    actual = read_submission(path, "hw2")

    assert (actual.modules, actual.remarks) == ({"hw2": (ANSWER,)}, ())


def test_a_file_that_is_no_zip_asks_to_pack_it_again(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"Rar!\x1a\x07\x01\x00")

    assert read_submission(tmp_path / "x.zip", "hw2").fault == (
        "x.zip cannot be opened as a zip file (File is not a zip file); pack it again"
    )


def test_an_empty_zip_file_has_no_source(tmp_path):
    assert read_submission(packed(tmp_path / "x.zip"), "hw2").fault == (
        "there is no hw2.py or hw2.ipynb in x.zip: it has no Python file or notebook"
    )


def test_a_zip_file_cut_short_is_a_fault(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER * 100))
    path.write_bytes(path.read_bytes()[:-30])

    assert read_submission(path, "hw2").fault.endswith("; pack it again")


def test_damaged_data_in_a_member_is_a_fault_that_names_it(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(ANSWER, OTHER[: len(ANSWER)], 1))

    assert read_submission(path, "hw2").fault == (
        "hw2.py cannot be unpacked (Bad CRC-32 for file 'hw2.py'); pack it again"
    )


def test_an_encrypted_member_is_a_fault_that_says_so(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER))
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the member's header
    data[data.index(b"PK\1\2") + 8] |= 1  # and in its entry
    path.write_bytes(data)

    actual = read_submission(path, "hw2").fault

    assert actual.startswith("hw2.py cannot be unpacked (")
    assert "encrypted" in actual


def test_a_damaged_helper_costs_itself_and_is_remarked(tmp_path):
    path = packed(tmp_path / "x.zip", ("hw2.py", ANSWER), ("helper.py", b"# abc"), method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"# abc", b"# xyz", 1))

    actual = read_submission(path, "hw2")

    assert (actual.modules, actual.remarks) == (
        {"hw2": (ANSWER,)},
        (
            "helper.py cannot be unpacked (Bad CRC-32 for file 'helper.py'); pack it again; "
            "it was passed over",
        ),
    )


def test_random_damage_never_raises(tmp_path):
    intact = packed(tmp_path / "x.zip", ("a/hw2.py", ANSWER * 20), ("a/helper.py", OTHER * 20)).read_bytes()
    for place in range(len(intact)):
        damaged = bytearray(intact)
        damaged[place] ^= 0xFF
        (tmp_path / "x.zip").write_bytes(damaged)

        actual = read_submission(tmp_path / "x.zip", "hw2")

        assert bool(actual.fault) == (actual.modules == {"hw2": ()})


def test_too_many_scripts_in_a_zip_file_are_a_fault(tmp_path):
    path = packed(tmp_path / "x.zip", *((f"a{k}.py", b"") for k in range(module.MAX_FILES + 1)))

    assert read_submission(path, "hw2").fault == (
        "x.zip has more than 2000 source files; hand in your own alone"
    )


def test_too_many_members_are_a_fault_before_they_are_listed(tmp_path):
    header = b"PK\1\2" + bytes(42)
    (tmp_path / "x.zip").write_bytes(header * (module.MAX_MEMBERS + 1))

    assert read_submission(tmp_path / "x.zip", "hw2").fault == (
        "x.zip has more than 20000 members; hand in the source alone"
    )


def test_a_zip_file_beyond_the_limit_is_a_fault(tmp_path):
    with (tmp_path / "x.zip").open("wb") as stream:
        stream.truncate(module.MAX_ARCHIVE + 1)

    assert read_submission(tmp_path / "x.zip", "hw2").fault == (
        "x.zip is larger than 64 MiB; hand in the source alone"
    )


def peak_of_reading(path: Path) -> tuple[str, int]:
    """The fault of a hand-in read in a process of its own, and how many bytes that took beyond the start."""
    code = (
        "import resource, sys; from pathlib import Path; from grader.submission import read_submission\n"
        "import zipfile, bz2, lzma\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        "start = peak(); fault = read_submission(Path(sys.argv[1]), 'hw2').fault\n"
        "print(fault); print(peak() - start)"
    )
    limit = 1 << 30  # so that a failing test does not take the machine along
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    fault, peak = done.stdout.splitlines()
    return fault, int(peak)


def bomb(path: Path, method: int) -> Path:
    """A small zip file whose only member unpacks to 60 MiB."""
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("hw2.py", "w") as stream:
        for _ in range(60):
            stream.write(b"#" * (1 << 20))
    return path


def test_a_huge_member_is_a_fault_and_is_not_unpacked(tmp_path):
    path = bomb(tmp_path / "x.zip", zipfile.ZIP_DEFLATED)

    actual, peak = peak_of_reading(path)

    assert actual == "hw2.py is too large: a hand-in may have 512 KiB of source text"
    assert peak < 30 << 20


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_unpacks_without_limit_is_refused(tmp_path, method):
    path = bomb(tmp_path / "x.zip", method)

    actual, peak = peak_of_reading(path)

    assert actual == "hw2.py is packed in an unusual way; pack it again as an ordinary zip file"
    assert peak < 30 << 20


# ---- files from an export -----------------------------------------------------------------


@pytest.fixture
def both(tmp_path):
    """The same files read as a folder, and as an export's, which have numbers for names on disk."""

    def read(files: dict[str, bytes]) -> tuple[Submission, Submission]:
        folder = write(tmp_path / "ada", files)
        room = write(tmp_path / "room", {str(k): data for k, data in enumerate(files.values())})
        mapping = {name: room / str(k) for k, name in enumerate(files)}
        return gathered("ada", mapping, "hw2"), read_submission(folder, "hw2")

    return read


files_inside = st.dictionaries(
    st.builds(
        lambda folders, name: "/".join([*folders, name]),
        st.lists(st.sampled_from(["a", "b", ".git"]), max_size=2),
        st.sampled_from(["hw2.py", "HW2.py", "a.py", "b.py", "x.ipynb", "hw2.ipynb", "x.txt"]),
    ),
    st.sampled_from([ANSWER, OTHER, b"", b"{}"]),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(files_inside)
def test_files_of_an_export_are_read_as_the_folder_that_has_them(files):
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name, "ada"), files)
        folder.mkdir(exist_ok=True)
        room = write(Path(name, "room"), {str(k): data for k, data in enumerate(files.values())})
        backwards = reversed(list(enumerate(files)))
        actual = gathered("ada", {inside: room / str(k) for k, inside in backwards}, "hw2")
        expected = read_submission(folder, "hw2")

    assert actual == expected
    assert (list(actual.modules), actual.digest) == (list(expected.modules), expected.digest)


def test_no_files_at_all_are_a_fault_in_one_sentence():
    actual = gathered("ada", {}, "hw2")

    assert actual.fault == "there is no hw2.py or hw2.ipynb in ada: it has no Python file or notebook"


def test_the_only_zip_in_a_folder_is_opened(both, tmp_path):
    data = packed(tmp_path / "x.zip", ("work/hw2.py", ANSWER)).read_bytes()

    for actual in both({"notes.txt": b"", "my work.zip": data}):
        assert (actual.modules, actual.file, actual.fault) == ({"hw2": (ANSWER,)}, "work/hw2.py", "")


def test_a_zip_beside_a_source_stays_closed(both, tmp_path):
    data = packed(tmp_path / "x.zip", ("hw2.py", ANSWER)).read_bytes()

    for actual in both({"other.py": OTHER, "my work.zip": data}):
        assert (actual.modules, actual.file) == ({"hw2": (OTHER,)}, "other.py")


def test_of_two_zips_none_is_opened(both, tmp_path):
    data = packed(tmp_path / "x.zip", ("hw2.py", ANSWER)).read_bytes()

    for actual in both({"a.zip": data, "b.zip": data}):
        assert actual.fault == "there is no hw2.py or hw2.ipynb in ada: it has no Python file or notebook"


@pytest.mark.parametrize("name", ["a.zip", "week 1/a.zip"])
def test_a_damaged_zip_is_called_what_the_student_calls_it(both, name):
    for actual in both({name: b"no zip"}):
        assert (
            actual.fault == f"{name} cannot be opened as a zip file (File is not a zip file); pack it again"
        )


def test_a_link_among_an_exports_files_is_passed_over_with_a_remark(tmp_path):
    (tmp_path / "7").symlink_to("/etc/passwd")
    write(tmp_path, {"8": ANSWER})

    actual = gathered("ada", {"secret.py": tmp_path / "7", "hw2.py": tmp_path / "8"}, "hw2")

    assert actual.modules == {"hw2": (ANSWER,)}
    assert actual.remarks == ("secret.py is a link or no ordinary file and was passed over",)


def test_a_file_that_is_gone_is_not_the_students_fault(tmp_path):
    with pytest.raises(Fault, match="7 is gone; leave the files in place while they are graded"):
        gathered("ada", {"hw2.py": tmp_path / "7"}, "hw2")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("hw2.py", True), ("a/B.IPYNB", True), ("work.zip", True), ("a.pdf", False), ("", False)),
        *((".git/a.py", False), ("__MACOSX/a.zip", False), ("x/._a.py", False), ("venv/a.py", False)),
    ],
)
def test_what_is_looked_at(name, expected):
    assert is_looked_at(name) is expected


# ---- the digest ---------------------------------------------------------------------------


def digest(**modules) -> str:
    return Submission("x", "hw2", modules).digest


def test_the_digest_changes_with_a_byte_of_source():
    assert digest(hw2=(b"a = 1",)) != digest(hw2=(b"a = 2",))


def test_the_digest_changes_with_a_modules_name():
    assert digest(hw2=(b"",), forward=(b"a = 1",)) != digest(hw2=(b"",), backward=(b"a = 1",))


def test_the_digest_changes_with_where_a_cell_ends():
    assert digest(hw2=("ab", "c")) != digest(hw2=("a", "bc"))


def test_a_cell_cannot_pose_as_two():
    assert digest(hw2=("ahw2:b",)) != digest(hw2=("a", "b"))


def test_the_digest_changes_with_the_order_of_cells():
    assert digest(hw2=("a = 1", "a = 2")) != digest(hw2=("a = 2", "a = 1"))


def test_the_digest_does_not_change_with_the_order_of_modules():
    assert digest(hw2=(b"1",), a=(b"2",)) == digest(a=(b"2",), hw2=(b"1",))


def test_the_digest_does_not_change_with_the_form_of_the_hand_in(tmp_path):
    folder = write(tmp_path / "ada", {"hw2.py": ANSWER, "helper.py": OTHER})
    archive = packed(tmp_path / "ben.zip", ("x/helper.py", OTHER), ("x/hw2.py", ANSWER))

    actual, expected = read_submission(archive, "hw2"), read_submission(folder, "hw2")

    assert actual.digest == expected.digest
