"""Every check of an option at its exact boundary, with the words of the refusal."""

import dataclasses
import re

import numpy as np
import pytest

from scratch.activations import NAMES, NUMBERS
from scratch.options import (
    check_activation,
    check_choice,
    check_count,
    check_decay,
    check_flag,
    check_number,
    check_options,
    check_positive,
)

PHIS, WITH_NUMBERS = (", ".join(map(repr, names)) for names in (NAMES, NUMBERS))
JUST_BELOW_1 = np.nextafter(np.float32(1), np.float32(0))


@pytest.mark.parametrize(
    ("check", "value", "returned"),
    [
        (check_count, 1, 1),
        (check_count, np.int8(3), 3),
        (lambda name, value: check_count(name, value, least=0), 0, 0),
        (lambda name, value: check_count(name, value, least=-2), -2, -2),
        (check_number, -1e300, -1e300),
        (check_number, np.float32(0.5), 0.5),
        (check_number, 3, 3.0),
        (lambda name, value: check_number(name, value, least=2), 2, 2.0),
        (lambda name, value: check_number(name, value, above=2), np.nextafter(2, 3), float(np.nextafter(2, 3))),
        (check_positive, 5e-324, 5e-324),
        (check_decay, 0, 0.0),
        (check_decay, float(JUST_BELOW_1), float(JUST_BELOW_1)),
        (check_flag, True, True),
        (check_flag, False, False),
        (check_activation, "tanh", "tanh"),
        (check_activation, "relu", "relu"),
    ],
)
def test_what_is_just_allowed_comes_back_as_pythons_own(check, value, returned):
    result = check("x", value)
    assert result == returned
    assert type(result) is type(returned)


@pytest.mark.parametrize(
    ("check", "value", "error", "words"),
    [
        (check_count, 0, ValueError, "x must be at least 1, but is 0"),
        (lambda name, value: check_count(name, value, least=0), -1, ValueError, "x must be at least 0, but is -1"),
        (check_count, 1.0, TypeError, "x must be an integer, but is 1.0"),
        (check_count, True, TypeError, "x must be an integer, but is True"),
        (check_count, "1", TypeError, "x must be an integer, but is '1'"),
        (check_count, None, TypeError, "x must be an integer, but is None"),
        (check_number, "1", TypeError, "x must be a number, but is '1'"),
        (check_number, True, TypeError, "x must be a number, but is True"),
        (check_number, 1j, TypeError, "x must be a number, but is 1j"),
        (check_number, np.nan, ValueError, "x must be finite, but is nan"),
        (check_number, np.inf, ValueError, "x must be finite, but is inf"),
        (check_number, -np.inf, ValueError, "x must be finite, but is -inf"),
        (check_number, 10**400, ValueError, "x must be finite, but is inf"),
        (lambda name, value: check_number(name, value, least=2), 1.5, ValueError, "x must be at least 2, but is 1.5"),
        (lambda name, value: check_number(name, value, above=2), 2, ValueError, "x must be greater than 2, but is 2.0"),
        (check_positive, 0, ValueError, "x must be greater than 0, but is 0.0"),
        (check_decay, -5e-324, ValueError, "x must be at least 0, but is -5e-324"),
        (check_decay, 1, ValueError, "x must be below 1 in float32, but is 1.0"),
        # Float32 rounds it to 1.
        (check_decay, 1 - 1e-9, ValueError, "x must be below 1 in float32, but is 0.999999999"),
        (check_flag, 1, ValueError, "x must be one of False, True, but is 1"),
        (check_flag, None, ValueError, "x must be one of False, True, but is None"),
        (check_activation, "gelu", ValueError, f"x must be one of {PHIS}, but is 'gelu'"),
        (check_activation, ["tanh"], ValueError, f"x[0] must be one of {WITH_NUMBERS}, but is 'tanh'"),
    ],
)
def test_what_is_just_beyond_is_refused_in_these_words(check, value, error, words):
    with pytest.raises(error, match=f"^{re.escape(words)}$"):
        check("x", value)


def test_a_choice_is_told_by_its_kind_as_well():
    """``1 == True`` and ``1.0 in (1, 2)``, so a number is not taken for a Boolean."""
    assert check_choice("x", "b", ("a", "b")) == "b"
    with pytest.raises(ValueError, match="^x must be one of 'a', 1, but is 1$"):
        check_choice("x", 1, ("a", 1))


def test_a_dataclass_keeps_what_the_checks_return():
    @dataclasses.dataclass(frozen=True)
    class Options:
        size: int
        rate: float

        def __post_init__(self):
            check_options(self, size=check_count, rate=check_number)

    options = Options(np.int64(3), 1)
    assert (type(options.size), type(options.rate)) == (int, float)
    with pytest.raises(ValueError, match="^size must be at least 1, but is 0$"):
        Options(0, 1)
    with pytest.raises(TypeError, match="^rate must be a number, but is None$"):
        Options(1, None)
