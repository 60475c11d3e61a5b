"""A hand-in that does what homework does. All of it works behind every wall."""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Thread

import numpy as np


def attempt(name):
    """True, or what stopped it in words."""
    try:
        return bool(USES[name]())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def starts_threads():
    seen = []
    threads = [Thread(target=seen.append, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(seen) == list(range(8))


def uses_a_pool_of_threads():
    with ThreadPoolExecutor() as pool:
        return list(pool.map(abs, range(-3, 0))) == [3, 2, 1]


def multiplies_matrices():
    x = np.ones((300, 300))
    return float((x @ x)[0, 0]) == 300


def decomposes():
    u, s, v = np.linalg.svd(np.eye(3))
    return np.allclose(u * s @ v, np.eye(3))


def transforms():
    return np.allclose(np.fft.ifft(np.fft.fft(np.arange(8.0))), np.arange(8.0))


def fits_a_polynomial():
    return np.allclose(np.polynomial.Polynomial.fit([0, 1, 2], [0, 1, 4], 2)(3), 9)


def draws():
    return np.random.default_rng().normal(size=3).shape == np.random.rand(3).shape


def masks_and_tests():
    np.testing.assert_allclose(np.ma.array([1.0, 2.0], mask=[0, 1]).sum(), 1.0)
    return True


def imports_late():
    import argparse  # noqa: F401
    import csv
    import fractions
    import json
    import logging  # noqa: F401
    import pprint  # noqa: F401
    import statistics
    import unittest  # noqa: F401

    return fractions.Fraction(1, 3) + statistics.mean([1, 2]) and json.loads("[1]") == [1] and csv.QUOTE_ALL


def counts_in_decimals():
    return Decimal("0.1") + Decimal("0.2") == Decimal("0.3")


def tells_the_time():
    import time
    from datetime import datetime

    time.sleep(0)
    parsed = datetime.strptime("2024-02-29", "%Y-%m-%d")
    return parsed.year == 2024 and time.localtime().tm_year > 2000 and time.perf_counter() > 0


def warns():
    warnings.warn("a warning that nobody turns into an error", stacklevel=1)
    return True


def prints():
    print("a line", flush=True)
    return True


def shows_a_traceback():
    import traceback

    try:
        return 1 / 0
    except ZeroDivisionError:
        return "ZeroDivisionError" in traceback.format_exc()


def asks_where_it_lies():
    """As scripts do that look for their folder."""
    return os.path.abspath(__file__).endswith("legitimate.py")


def reads_a_librarys_file():
    with open(np.__file__, encoding="utf-8") as file:
        return "NumPy" in file.read()


USES = {
    name: function
    for name, function in list(globals().items())
    if getattr(function, "__code__", None) and function.__module__ == __name__ and name != "attempt"
}
