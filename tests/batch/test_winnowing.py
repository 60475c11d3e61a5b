"""Fingerprints: what is in common in a row is found, whatever is around it; what many have counts little."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.similar.winnowing import (
    ENOUGH,
    FEW,
    LEAST,
    LOOKED_AT,
    NEAREST,
    SHOWN,
    VARIABLES,
    WINDOW,
    K,
    grams,
    pairs,
    winnowed,
)

words = st.lists(st.integers(VARIABLES, VARIABLES + 30) | st.integers(0, K - 1), max_size=40)
plain = st.lists(st.integers(VARIABLES, VARIABLES + 30), max_size=40)
shared = st.lists(st.integers(VARIABLES, VARIABLES + 30), min_size=K + WINDOW - 1, max_size=K + WINDOW - 1)


@settings(derandomize=True, deadline=None, database=None)
@given(plain, plain, plain, plain, shared)
def test_a_common_run_of_the_guaranteed_length_is_found(a, b, c, d, run):
    assert winnowed(grams(a + run + b)) & winnowed(grams(c + run + d))


@settings(derandomize=True, deadline=None, database=None)
@given(words)
def test_fingerprints_are_some_of_the_grams_and_every_long_enough_text_has_one(text):
    kept, every = winnowed(grams(text)), grams(text)
    assert kept <= set(every)
    assert bool(kept) == (len(text) >= K)


def test_a_variable_counts_by_where_it_was_last_inside_the_gram():
    long_ago = [VARIABLES] * (K - 2)
    assert grams([K - 1, *long_ago, 1]) == grams([0, *long_ago, 1])
    assert grams([0, *long_ago, K - 1]) != grams([0, *long_ago, 0])
    assert grams([1, *long_ago, 0]) == grams([5, *long_ago, 0])  # what is before the gram is not in it


def unlike(count, size, seed=0):
    chance = random.Random(seed)
    return [{chance.getrandbits(60) for _ in range(size)} for _ in range(count)]


def found(texts):
    return {(pair.one, pair.other) for pair in pairs(texts)}


def test_nothing_is_said_of_none_of_one_and_of_those_who_share_nothing():
    assert pairs([]) == pairs([set()]) == pairs(unlike(1, 40)) == pairs(unlike(30, 40)) == []


def test_two_of_many_that_share_most_are_found_with_what_they_share():
    texts = unlike(30, 40)
    common = set(list(texts[3])[:35])
    texts[17] = common | unlike(1, 10, seed=1)[0]
    (pair,) = pairs(texts)
    assert (pair.one, pair.other, pair.common) == (3, 17, common)
    assert 35 / 45 * 0.8 < pair.share < 35 / 40


def test_the_share_is_of_the_shorter_one():
    texts = unlike(30, 40)
    texts[5] = texts[5] | unlike(1, 400, seed=1)[0]
    texts[9] = set(list(texts[5])[:50])
    assert [pair.share for pair in pairs(texts)] == [1]


def test_the_order_of_fingerprints_does_not_matter():
    """Not even in the last digit of a share."""
    for seed in range(20):
        chance = random.Random(seed)
        texts = [list(text) for text in unlike(30, 300, seed)]
        for n in range(3, 10):
            texts[n] += chance.sample(texts[2], 50)  # so that they do not weigh the same
        assert [pair.share for pair in pairs([*texts, texts[2][::-1]])] == [1.0]


def test_of_little_nothing_is_said():
    texts = unlike(30, 40)
    texts[5] = set(list(texts[9])[: LEAST - 1])
    assert found(texts) == set()
    texts[5] = set(list(texts[9])[:LEAST])
    assert found(texts) == {(5, 9)}


def test_below_the_share_nothing_is_said():
    texts = unlike(30, 100)
    texts[5] = set(list(texts[9])[: int(100 * ENOUGH) - 6]) | set(
        list(texts[5])[: 100 - int(100 * ENOUGH) + 6]
    )
    assert found(texts) == set()


def test_what_more_than_a_quarter_has_says_nothing():
    texts = unlike(40, 10)
    everybodys = unlike(1, 50, seed=1)[0]
    assert found([text | everybodys if n < 11 else text for n, text in enumerate(texts)]) == set()
    assert found([text | everybodys if n < 10 else text for n, text in enumerate(texts)]) != set()


def test_in_a_small_class_a_few_may_have_anything():
    texts = unlike(5, 20)
    assert found([texts[0]] * 2) == {(0, 1)}
    assert len(found([texts[0]] * FEW + texts[1:])) == FEW - 1
    assert found([texts[0]] * (FEW + 1) + texts[1:]) == set()


def test_what_some_have_counts_less_than_what_two_have():
    texts = unlike(100, 30)
    somes = unlike(1, 30, seed=1)[0]
    texts = [text | somes if n < 20 else text for n, text in enumerate(texts)]
    rare = set(list(texts[50])[:20])
    texts[60] = set(list(texts[60])[:10]) | rare
    assert found(texts) == {(50, 60)}  # 20 of 30; the others have 30 of 60, which weigh less
    shares = [pair.share for pair in pairs([text | somes if n < 2 else text for n, text in enumerate(texts)])]
    assert len(shares) == 1


def test_of_a_group_there_is_one_pair_fewer_than_it_has_members():
    texts = unlike(60, 40)
    assert len(found([texts[0]] * 12 + texts[1:])) == 11


def test_a_group_larger_than_what_is_looked_at_is_found():
    """Nobody is compared with more than `NEAREST`, and still they hang together."""
    count = 4 * NEAREST
    texts = unlike(20 * NEAREST, 30)
    assert len(pairs([texts[0]] * count + texts[count:])) == SHOWN


def test_no_more_are_met_than_is_allowed(monkeypatch):
    """That is what keeps the time from growing with the square."""
    met = []
    from grader.batch.similar import winnowing

    holding = winnowing._Index.holding
    monkeypatch.setattr(
        winnowing._Index, "holding", lambda self, k: met.append(len(holding(self, k))) or holding(self, k)
    )
    every = unlike(1, 200, seed=1)[0]
    count = 1000
    assert pairs([every] * 200 + unlike(count - 200, 5)) != []
    assert 0 < sum(met) <= count * LOOKED_AT
    assert sum(met) > 200 * LOOKED_AT * 0.9  # what is allowed is used
