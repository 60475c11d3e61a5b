"""What pytest has and unittest has not."""

import pytest
from gradescope_utils.autograder_utils.decorators import partial_credit, weight


@pytest.fixture
def broken():
    raise OSError("gone")


@pytest.fixture
def uncleaned():
    yield
    raise OSError("not cleaned")


@weight(3)
def test_fixture(broken):
    pass


@weight(1)
def test_teardown(uncleaned):
    pass


@pytest.mark.parametrize("k", [1, 2])
@partial_credit(3)
def test_forgotten(k, set_score):
    if k == 1:
        set_score(3)
    assert k == 1


@pytest.mark.parametrize("k", [3, 1, 2])
@partial_credit(3)
def test_lowest(k, set_score):
    set_score(k)


@weight(3)
def test_subtests(subtests):
    for k in range(3):
        with subtests.test(k=k):
            print("at", k)
            assert k == 1


@weight(1)
@pytest.mark.xfail
def test_xfail():
    pytest.fail("as expected")


@weight(1)
@pytest.mark.xfail
def test_xpass():
    pass


@weight(1)
@pytest.mark.xfail(run=False)
def test_not_run():
    pass


@weight(1)
@pytest.mark.xfail(strict=True)
def test_strict():
    pass


class TestClass:
    @weight(1)
    def test_method(self):
        assert True

    def test_fine(self):
        assert True
