"""The Taylor picture: what it shows of answers of every kind, in words, as SVG, as PNG and on a page."""

import re
import struct
import subprocess
import sys
from dataclasses import replace
from math import log10
from xml.etree import ElementTree

import pytest
from nasty import TEXTS, harm
from pages import Tree

from grader.faults import Fault
from grader.remainder import Remainders, remainders, taylor_calls
from grader.report.pictures import Entry, page
from grader.report.taylor import BLUE, HEIGHT, NO_SLOPE, VERMILION, WIDTH, caption, chart, png, svg

STEPS = tuple(2.0**-k for k in range(1, 28, 2))
LINE = Remainders(
    problem="grad_W",
    of="loss",
    along="dW",
    order=1,
    steps=STEPS,
    yours=STEPS,
    right=tuple(h * h for h in STEPS),
    floor=2.0**-46,
    answer="gradient",
    moved="loss(W + h dW)",
)
NOISE = tuple(2.0**-52 for _ in STEPS)


@pytest.fixture(scope="session")
def drawn(assignment, reference, key):
    """The remainders behind a formula, or behind one of its known mistakes, on the first public case."""

    def line(name, mistake=None):
        problem = next(problem for problem in assignment.problems if problem.name == name)
        formulas = {says: known.formula for says, known in reference.mistakes[name].items()}
        (formula,) = (
            [formula for says, formula in formulas.items() if mistake in says]
            if mistake
            else [reference.answers[name]]
        )
        values = key.public(name)[0].case.values

        def called(given):
            return formula(*(given[x] for x in problem.parameters))

        scaled = [called(given) for given in taylor_calls(problem, values)]
        return remainders(problem, values, called(values), problem.kind.derive(values), scaled)

    return line


def texts(picture):
    return [element.text for element in ElementTree.fromstring(picture).iter() if element.text]


def layers(picture):
    """The marks of a chart, each with the points that it is drawn at."""
    spec = picture.to_dict()
    return [(layer["mark"], layer.get("data", {}).get("values", [])) for layer in spec["layer"]]


def marks(picture, kind):
    return [(mark, points) for mark, points in layers(picture) if mark["type"] == kind]


def slopes(picture):
    """Of the dotted lines, with the label of each."""
    labels = [int(mark["text"].split()[1]) for mark, _ in marks(picture, "text") if "slope " in mark["text"]]
    lines = [points for mark, points in marks(picture, "line") if mark["strokeDash"] == [2, 3]]
    found = [log10(first["size"] / last["size"]) / log10(first["h"] / last["h"]) for first, last in lines]
    return labels, found


SAYS = {
    ("grad_W", None): (
        "The remainder behind your gradient falls like h², as behind the true one: along this direction no "
        "mistake shows."
    ),
    ("grad_v", "factor 2"): (
        "The remainder behind your gradient falls like h; behind the true one it falls like h²: a "
        "first-order term is missing or wrong."
    ),
    ("derivative_W", "output"): (
        "The remainder behind your derivative falls like h; behind the true one it falls like h²: a "
        "first-order term is missing or wrong."
    ),
    ("curve_velocity", None): (
        "The remainder behind your first derivative falls like h², as behind the true one: along this "
        "direction no mistake shows."
    ),
    ("curve_taylor", "½"): (
        "The remainder behind your expansion falls like h²; behind the true one it falls like h³: a "
        "second-order term is missing or wrong."
    ),
    ("curve_taylor", "itself"): "Behind your expansion nothing is left: it is curve itself, no expansion.",
    ("least_squares_hessian", None): (
        "least_squares is its own expansion here: behind a right answer only rounding is left, and behind "
        "yours too."
    ),
    ("least_squares_second_differential", "½"): (
        "least_squares is its own expansion here: behind a right answer only rounding is left. The remainder "
        "behind your second differential falls like h²: a second-order term is missing or wrong."
    ),
    ("least_squares_taylor", "zeroth"): (
        "least_squares is its own expansion here: behind a right answer only rounding is left. The remainder "
        "behind your expansion does not fall: least_squares itself is missing or wrong."
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "says"), SAYS.items(), ids=lambda x: "-".join(map(str, x))[:40])
def test_the_caption_says_what_is_to_be_seen(asked, says, drawn):
    assert caption(drawn(*asked)) == says


def test_a_slope_that_is_not_clear_accuses_no_term():
    steep = replace(LINE, yours=tuple(h**1.5 for h in STEPS))
    assert caption(steep) == (
        "The remainder behind your gradient falls with slope 1.5; behind the true one it falls like h²."
    )
    steep = replace(LINE, yours=tuple(h**0.6 for h in STEPS))
    assert caption(steep) == (
        "The remainder behind your gradient falls with slope 0.6; behind the true one it falls like h²."
    )
    few = replace(LINE, yours=(1.0, 0.25, *NOISE[2:]))
    assert caption(few) == (
        "The remainder behind your gradient is rounding at most steps; behind the true one it falls like h²."
    )


@pytest.mark.parametrize("asked", SAYS, ids=lambda x: "-".join(map(str, x)))
def test_every_picture_is_whole_in_itself(asked, drawn):
    line = drawn(*asked)
    picture = svg(line)
    root = ElementTree.fromstring(picture)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == f"{line.problem}. {caption(line)}"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "line", "rect", "text", "tspan"}
    assert "url(" not in picture and "href" not in picture and " id=" not in picture
    assert re.findall(r"https?:", re.sub(r'xmlns(:\w+)?="[^"]*"', "", picture)) == []
    assert {line.problem, "yours", "a right one", "rounding", "step h", "what is left"} <= set(texts(picture))


def test_without_colour_the_points_differ_in_shape_and_the_lines_in_dashes(drawn):
    picture = chart(drawn("grad_v", "factor 2"))
    looks = {(mark["shape"], mark["filled"]): mark["color"] for mark, _ in marks(picture, "point")}
    assert looks == {("square", False): BLUE, ("circle", True): VERMILION}
    dashes = {mark["color"]: tuple(mark["strokeDash"]) for mark, _ in marks(picture, "line")}
    assert len(dashes) == len(set(dashes.values())) == 3
    assert {BLUE, VERMILION} == {"#0072B2", "#D55E00"}


@pytest.mark.parametrize("asked", SAYS, ids=lambda x: "-".join(map(str, x)))
def test_lines_have_the_slopes_they_are_labelled_with_and_keep_off_the_points(asked, drawn):
    line = drawn(*asked)
    picture = chart(line)
    labels, found = slopes(picture)
    assert found == pytest.approx(labels, abs=1e-9)
    right = [] if line.vanishes else [line.order + 1]
    wrong = 0 if asked[1] == "zeroth" else line.order
    assert labels == [wrong, *right]


def test_a_line_is_parallel_to_a_wrong_answer_s_points():
    (above, below) = [points for mark, points in marks(chart(LINE), "line") if mark["strokeDash"] == [2, 3]]
    assert [point["size"] / point["h"] for point in above] == pytest.approx([5, 5])
    assert [point["size"] / point["h"] ** 2 for point in below] == pytest.approx([1 / 5, 1 / 5])
    assert below[-1]["size"] == pytest.approx(LINE.floor)


def test_what_is_rounding_is_faint_and_on_no_line(drawn):
    line = drawn("grad_v", "factor 2")
    picture = chart(line)
    for mark, points in marks(picture, "point"):
        for point in filter(None, points):
            assert (point["size"] > line.floor) == (mark["opacity"] == 1)
    (dashed,) = [points for mark, points in marks(picture, "line") if mark["strokeDash"] == [7, 4]]
    assert [point["size"] for point in dashed] == [size for size in line.right if size > line.floor]
    assert NO_SLOPE not in texts(svg(line))


def test_where_the_right_remainder_vanishes_the_picture_says_so_and_draws_no_line(drawn):
    line = drawn("least_squares_second_differential", "½")
    assert NO_SLOPE in texts(svg(line))
    line = replace(line, right=(4 * line.floor, 2 * line.floor, *line.right[2:]))  # as differences leave it
    picture = chart(line)
    (dashed,) = [points for mark, points in marks(picture, "line") if mark["strokeDash"] == [7, 4]]
    assert dashed == []
    faint = [points for mark, points in marks(picture, "point") if mark.get("opacity") != 1]
    assert max(map(len, faint)) == len(line.steps)


@pytest.mark.parametrize("asked", SAYS, ids=lambda x: "-".join(map(str, x)))
def test_every_point_is_inside_the_axes_and_none_is_lost(asked, drawn):
    line = drawn(*asked)
    picture = chart(line)
    scales = picture.to_dict()["layer"][0]["encoding"]
    (left, right), (bottom, top) = (scales[axis]["scale"]["domain"] for axis in "xy")
    at = [point for mark, points in layers(picture) if mark["type"] != "rect" for point in points if point]
    assert all(left < point["h"] < right and bottom <= point["size"] <= top for point in at)
    points = [point for _, points in marks(picture, "point") for point in points if point]
    assert len(points) == 2 * len(line.steps)


def test_ticks_are_powers_of_ten_and_few(drawn):
    shown = texts(svg(drawn("grad_v", "factor 2")))
    ticks = [text for text in shown if re.fullmatch(r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|1", text)]
    assert 6 <= len(ticks) <= 17 and "10⁻³" in ticks


ODD = {
    "nothing at all": replace(LINE, yours=(0.0,) * 14, right=(0.0,) * 14, floor=0.0),
    "nothing but yours": replace(LINE, right=(0.0,) * 14, floor=0.0),
    "one step": replace(LINE, steps=(0.5,), yours=(0.5,), right=(0.25,)),
    "one step of rounding": replace(LINE, steps=(0.5,), yours=(0.0,), right=(0.0,)),
    "huge": replace(LINE, yours=(1e300,) * 14, right=(1e299,) * 14, floor=1e290),
    "tiny": replace(LINE, yours=(1e-300,) * 14, right=(1e-301,) * 14, floor=1e-305),
    "growing": replace(LINE, yours=tuple(1 / h for h in STEPS)),
    "far apart": replace(LINE, yours=tuple(1e200 * h for h in STEPS)),
    "tiny steps": replace(LINE, steps=tuple(1e-200 * h for h in STEPS)),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_remainders_can_be_drawn(odd):
    picture = svg(odd)
    assert not re.search(r"NaN|Infinity|undefined|null", picture)
    assert "yours" in texts(picture) and caption(odd).endswith(".")


def test_a_png_has_as_many_pictures_as_are_given():
    one, two = (png([LINE] * number) for number in (1, 2))
    sizes = [struct.unpack(">II", data[16:24]) for data in (one, two)]
    assert all(data.startswith(b"\x89PNG\r\n\x1a\n") for data in (one, two))
    assert sizes[0][0] == sizes[1][0] > 2 * WIDTH
    assert sizes[1][1] > 1.9 * sizes[0][1] > 1.9 * 2 * HEIGHT
    with pytest.raises(Fault, match="nothing to draw"):
        png([])


def test_a_page_loads_and_runs_nothing(drawn):
    entries = [
        Entry(
            "grad_v", "wrong", "loss changes by 0.8; your gradient predicts 0.4", drawn("grad_v", "factor 2")
        ),
        Entry("derivative_shape", "right", "right on every case"),
    ]
    text = page("Self-check of hw2.py", entries)
    tree = Tree(text)
    assert text.startswith("<!DOCTYPE html>\n")
    (policy,) = [value for name, value in tree.attributes if name == "content" and "src" in value]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert tree.tags.count("svg") == tree.tags.count("figure") == 1 and tree.tags.count("section") == 2
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(tree.tags)
    assert not [name for name, _ in tree.attributes if name.startswith("on") or name in ("src", "href")]
    shown = "".join(tree.texts)
    assert "grad_v: wrong" in shown and "your gradient predicts 0.4" in shown
    assert caption(entries[0].remainders) in shown


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_a_student_says_does_not_act_on_a_page(text):
    plain = Tree(page("a", [Entry("a", "a", "a")]))
    written = page(text, [Entry(text, text, text)])
    tree = Tree(written)
    assert tree.tags == plain.tags
    assert harm("".join(tree.texts), kept="\n\t") == set()
    assert len(tree.attributes) == len(plain.attributes)


def test_a_name_with_markup_does_not_act_in_a_picture():
    hostile = '"><script>alert(1)</script>&'
    root = ElementTree.fromstring(
        svg(replace(LINE, problem=hostile, of=hostile, moved=hostile, answer=hostile))
    )
    assert hostile in [element.text for element in root.iter()]
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert set(root.attrib) >= {"role", "aria-label"} and root.attrib["aria-label"].startswith(hostile)


@pytest.mark.parametrize("module", ["altair", "vl_convert"])
def test_without_the_libraries_a_fault_says_what_to_install(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    for draw in (svg, lambda line: png([line]), lambda line: page("a", [Entry("a", "a", "a", line)])):
        with pytest.raises(Fault, match="pip install altair vl-convert-python") as fault:
            draw(LINE)
        assert "\n" not in str(fault.value)
    assert "section" in page("a", [Entry("a", "a", "a")])


def test_altair_is_loaded_only_to_draw():
    code = "import sys, grader.report.taylor; print(sorted({'altair', 'vl_convert'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
