"""Every value comes out as it went in, and no bytes do harm: they are one value or a FrameError."""

import struct
import tracemalloc
from random import Random

import hypothesis.extra.numpy as numpy_values
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from grader.sandbox import frames
from grader.sandbox.frames import Foreign, FrameError, Stub, decode, encode, frame, length

SEED = 20
MUTANTS = 100_000

# The dearest byte: an empty strided array takes 9 bytes on the wire and becomes two array objects, a place in
# a list and one in its tuple. That is 27 for one in CPython 3.11 with numpy 2.4, and nothing is dearer.
BYTES_PER_BYTE = 32
BYTES_PER_FRAME = 4096  # an exception, its message and traceback


def described(value):
    """Whatever `==` passes over: types, bit patterns, shapes, layout, writeability."""
    match value:
        case np.ndarray():
            flags = value.flags
            layout = (flags.c_contiguous, flags.f_contiguous, flags.writeable)
            return (type(value), value.dtype.str, value.shape, value.tobytes(), layout)
        case tuple() | list():
            return (type(value), [described(item) for item in value])
        case float():
            return (float, struct.pack("<d", value))
        case _:
            return (type(value), value)


def peak_of_decoding(data):
    """Bytes allocated at the same time while `data` is decoded, and whether it was a value."""
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    try:
        decode(data)
        valid = True
    except FrameError:
        valid = False
    _, peak = tracemalloc.get_traced_memory()
    return peak - before, valid


@pytest.fixture
def traced():
    tracemalloc.start()
    yield
    tracemalloc.stop()


def laid_out(x, layout):
    match layout:
        case "F":
            return np.asfortranarray(x)
        case "strided" if x.ndim:
            return np.repeat(x, 2, axis=-1)[..., ::2]
        case "broadcast" if x.ndim:
            return np.broadcast_to(x[:1], x.shape) if len(x) else x
        case "reversed" if x.ndim:
            return x[::-1]
        case "read-only":
            x = x.copy()
            x.flags.writeable = False
            return x
    return x


small_arrays = st.builds(
    laid_out,
    numpy_values.arrays(
        st.sampled_from(frames.DTYPES),
        numpy_values.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    ),
    st.sampled_from(["C", "F", "strided", "broadcast", "reversed", "read-only"]),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**255) + 1, 2**255 - 1),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
    small_arrays,
    st.builds(Stub, st.integers(0, 2**32 - 1), st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(Foreign, st.text(st.characters(exclude_categories=["Cs"]))),
)


def nested(items):
    return st.lists(items, max_size=4) | st.lists(items, max_size=4).map(tuple)


trees = leaves | nested(leaves | nested(leaves | nested(leaves)))


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(trees)
def test_a_value_comes_out_as_it_went_in(value):
    assert described(decode(encode(value))) == described(value)


@pytest.mark.parametrize("dtype", frames.DTYPES, ids=str)
def test_every_dtype_travels(dtype):
    x = np.array([[0, 1, 1], [1, 0, 1]], dtype)

    assert described(decode(encode(x))) == described(x)


@pytest.mark.parametrize(
    "x",
    [
        pytest.param(np.arange(6.0).reshape(2, 3), id="C"),
        pytest.param(np.asfortranarray(np.arange(6.0).reshape(2, 3)), id="F"),
        pytest.param(np.arange(12.0).reshape(2, 6)[:, ::2], id="strided"),
        pytest.param(np.arange(6.0)[::2], id="strided vector"),
        pytest.param(np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2), id="permuted axes"),
        pytest.param(np.arange(6.0).reshape(2, 3)[::-1, ::-1], id="negative strides"),
        pytest.param(np.broadcast_to(np.arange(3.0), (2, 3)), id="broadcast"),
        pytest.param(np.array(1.5), id="0-d"),
        pytest.param(np.zeros((0, 3)), id="empty"),
        pytest.param(np.zeros((2,) * frames.MAX_NDIM), id="most axes"),
    ],
)
def test_an_array_keeps_its_layout(x):
    assert described(decode(encode(x))) == described(x)


@pytest.mark.parametrize("layout", ["C", "F", "strided"])
def test_an_array_stays_read_only(layout):
    x = laid_out(np.arange(6.0).reshape(2, 3), layout)
    x.flags.writeable = False

    assert described(decode(encode(x))) == described(x)


def test_a_decoded_array_can_be_written_to():
    x = decode(encode(np.zeros(3)))
    x[0] = 1

    assert x.tolist() == [1, 0, 0]


def test_decoded_arrays_share_no_memory():
    x = np.zeros(3)
    first, second = decode(encode((x, x)))

    assert not np.shares_memory(first, second)


@pytest.mark.parametrize("value", [2**255 - 1, -(2**255) + 1], ids=["largest", "smallest"])
def test_the_extreme_integers_travel(value):
    assert decode(encode(value)) == value


def test_a_lone_surrogate_is_written_out():
    assert decode(encode("\ud800")) == "\\ud800"


def test_a_frame_is_its_length_and_that_many_bytes():
    framed = frame((1.0, "x"))

    assert (length(framed[:4]), decode(framed[4:])) == (len(framed) - 4, (1.0, "x"))


def lists(depth):
    return [] if depth == 1 else [lists(depth - 1)]


def test_the_deepest_value_travels():
    assert decode(encode(lists(frames.MAX_DEPTH))) == lists(frames.MAX_DEPTH)


class Text(str):
    pass


class Number(float):
    pass


class Pair(tuple):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(
            np.array([None]), "an array of dtype object and shape (1,) does not travel", id="objects"
        ),
        pytest.param(np.array(["a"]), "an array of dtype <U1 and shape (1,) does not travel", id="texts"),
        pytest.param(
            np.zeros(2, ">f8"), "an array of dtype >f8 and shape (2,) does not travel", id="big-endian"
        ),
        pytest.param(np.ma.masked_array([1.0]), "a MaskedArray does not travel", id="masked"),
        pytest.param(np.float64(1), "a float64 does not travel", id="numpy scalar"),
        pytest.param(Text("a"), "a Text does not travel", id="subclass of str"),
        pytest.param(Number(1), "a Number does not travel", id="subclass of float"),
        pytest.param(Pair((1, 2)), "a Pair does not travel", id="subclass of tuple"),
        pytest.param({}, "a dict does not travel", id="dict"),
        pytest.param(1j, "a complex does not travel", id="complex"),
        pytest.param(len, "a builtin_function_or_method does not travel", id="function"),
        pytest.param([(1, {2})], "a set does not travel", id="inside"),
        pytest.param(2**256, "an integer of 33 bytes is larger than 32", id="huge integer"),
        pytest.param(lists(frames.MAX_DEPTH + 1), "nested deeper than 6", id="too deep"),
        pytest.param(
            b"a" * frames.MAX_FRAME, "a value of 1048581 bytes is larger than 1048576", id="too large"
        ),
        pytest.param(
            np.zeros(1 << 18),
            "an array of dtype float64 and shape (262144,) does not travel",
            id="large array",
        ),
        pytest.param(
            np.broadcast_to(1.0, (10**5, 10**5)),
            "an array of dtype float64 and shape (100000, 100000) does not travel",
            id="80 GB that take 8 bytes",
        ),
    ],
)
def test_what_does_not_travel_is_named(value, reason):
    with pytest.raises(FrameError) as caught:
        encode(value)

    assert str(caught.value) == reason


def test_a_header_may_announce_the_largest_frame():
    assert length(struct.pack("<I", frames.MAX_FRAME)) == frames.MAX_FRAME


@pytest.mark.parametrize("size", [frames.MAX_FRAME + 1, 2**32 - 1])
def test_a_header_that_announces_more_is_refused(size):
    with pytest.raises(FrameError, match=f"a frame of {size} bytes"):
        length(struct.pack("<I", size))


def array_bytes(code=11, layout=0, writeable=1, shape=(), data=b""):
    return b"a" + bytes((code, layout, writeable, len(shape))) + struct.pack(f"<{len(shape)}I", *shape) + data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"?", id="unknown tag"),
        pytest.param(b"NN", id="two values"),
        pytest.param(b"i", id="integer without size"),
        pytest.param(b"i\x00", id="integer of no bytes"),
        pytest.param(b"i\x21" + bytes(33), id="integer too large"),
        pytest.param(b"i\x04\x00", id="integer cut off"),
        pytest.param(b"f" + bytes(7), id="float cut off"),
        pytest.param(b"s\x01\x00\x00\x00\xff", id="text that is no UTF-8"),
        pytest.param(b"s\x03\x00\x00\x00\xed\xa0\x80", id="text with a surrogate"),
        pytest.param(b"s\xff\xff\xff\xffa", id="text of 4 GiB"),
        pytest.param(b"b\xff\xff\xff\xff", id="bytes of 4 GiB"),
        pytest.param(b"t\xff\xff\xff\xff", id="tuple of 4 G items"),
        pytest.param(b"l\x02\x00\x00\x00N", id="list with an item too few"),
        pytest.param(b"l\x01\x00\x00\x00" * 6 + b"N", id="too deep"),
        pytest.param(b"S\x00\x00\x00\x00", id="stub without name"),
        pytest.param(array_bytes(code=len(frames.DTYPES)), id="unknown dtype"),
        pytest.param(array_bytes(layout=3, data=bytes(8)), id="unknown layout"),
        pytest.param(array_bytes(writeable=2, data=bytes(8)), id="writeable is neither"),
        pytest.param(array_bytes(shape=(1,) * 9, data=bytes(8)), id="too many axes"),
        pytest.param(array_bytes(shape=(2**32 - 1,) * 8), id="product beyond 64 bits"),
        pytest.param(array_bytes(shape=(2**31, 2**31, 4)), id="product that wraps to zero"),
        pytest.param(array_bytes(shape=(0, 2**31, 2**31)), id="empty with huge axes"),
        pytest.param(array_bytes(shape=(2,), data=bytes(15)), id="array cut off"),
        pytest.param(array_bytes(shape=(2,), data=bytes(17)), id="array with bytes left over"),
    ],
)
def test_bytes_that_are_no_value_are_refused(data):
    with pytest.raises(FrameError):
        decode(data)


def test_a_forged_bool_is_one_of_two():
    x = decode(array_bytes(code=0, shape=(3,), data=b"\x00\x01\x02"))

    assert x.tobytes() == b"\x00\x01\x01"


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(array_bytes(code=1, layout=2, shape=(0,)), id="empty strided array"),
        pytest.param(array_bytes(code=1, layout=2, shape=(1,), data=b"a"), id="strided array of one"),
        pytest.param(array_bytes(code=0, data=b"\x01"), id="0-d array"),
        pytest.param(b"X\x00\x00\x00\x00", id="foreign"),
        pytest.param(b"S\xff\xff\xff\xff\x00\x00\x00\x00", id="stub"),
        pytest.param(b"l\x00\x00\x00\x00", id="empty list"),
        pytest.param(b"i\x02\xff\x7f", id="integer"),
        pytest.param(b"N", id="none"),
    ],
)
def test_the_dearest_frames_stay_below_the_bound(item, traced):
    data = b"t" + struct.pack("<I", 10_000) + item * 10_000

    peak, valid = peak_of_decoding(data)

    assert valid
    assert peak < BYTES_PER_BYTE * len(data) + BYTES_PER_FRAME


def corpus():
    """Encoded messages as both sides send them, and one of everything else."""
    rng = np.random.default_rng(SEED)
    A, B = rng.normal(size=(3, 4)), np.asfortranarray(rng.normal(size=(2, 3)))
    values = [
        ("ready",),
        ("load", "hw2", (("hw2", (b"def f(x):\n    return x\n",)), ("rules", ("cell",)))),
        ("loaded", (("hw2.py, line 3", "NameError: name 'y' is not defined", ("f", "g")),)),
        ("ask", "grad_W", ((A, B, Stub(2, "s")), (A[:, ::2], B, Stub(2, "s")))),
        ("call", 3, 2, A),
        ("value", np.tanh(B)),
        ("refused", "s takes a real array"),
        ("answer", 3, (A.astype("<f4"), None, "(m, n)", True), (0, 2), 0.25),
        ("answer", 0, Foreign("generator"), (), 0.0),
        ("raised", 1, "ValueError", "shapes (3,) and (4,) ärgern", "hw2.py, line 12"),
        [[[[2**200, -1, 0]], False]],
        np.zeros((0, 3), "?"),
        laid_out(A > 0, "strided"),
        (A + 1j * A, np.arange(5, dtype="<u2"), np.array(7, "i1")),
    ]
    return [encode(value) for value in values]


def mutants(valid, count, seed):
    """Bit flips, cuts, splices and lengths out of the blue, one to three on each."""
    random = Random(seed)

    def flipped(data):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)

    def cut(data):
        del data[random.randrange(len(data)) :]

    def dropped(data):
        at = random.randrange(len(data))
        del data[at : at + random.randrange(1, 9)]

    def spliced(data):
        other = random.choice(valid)
        at = random.randrange(len(other))
        data[random.randrange(len(data)) :] = other[at:]

    def inserted(data):
        at, over = random.randrange(len(data)), random.choice((0, 4))
        data[at : at + over] = struct.pack("<I", random.getrandbits(random.randrange(1, 33)))

    for _ in range(count):
        data = bytearray(random.choice(valid))
        for _ in range(random.randrange(1, 4)):
            if data:
                random.choice((flipped, flipped, cut, dropped, spliced, inserted))(data)
        yield bytes(data)


def test_no_mutant_of_a_frame_does_harm(traced):
    verdicts = {True: 0, False: 0}
    for data in mutants(corpus(), MUTANTS, SEED):
        peak, valid = peak_of_decoding(data)
        verdicts[valid] += 1
        allowed = BYTES_PER_BYTE * len(data) + BYTES_PER_FRAME
        if peak >= allowed:  # another thread of the test's process may have allocated meanwhile
            peak = min(peak_of_decoding(data)[0] for _ in range(3))
        assert peak < allowed, data

    assert sum(verdicts.values()) == MUTANTS
    assert min(verdicts.values()) > MUTANTS // 100  # both ways through the decoder are taken
