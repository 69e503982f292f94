"""Thresholds in other units become exactly the number that was meant."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.advise.profile.quantities import comparable, convert

EXACT = [
    ("39.2 degF", "degC", 4.0),
    ("4 degC", "degC", 4.0),
    ("4℃", "degC", 4.0),
    ("４ degC", "degC", 4.0),
    ("277.15 K", "degC", 4.0),
    ("−3 degC", "degC", -3.0),
    ("28 degF", "degC", -2.222222222),
    ("18 km/h", "m s-1", 5.0),
    ("70 percent", "%", 70.0),
    ("0.7 fraction", "%", 70.0),
    ("1 cm", "mm", 10.0),
    ("2 d", "h", 48.0),
    ("150 degC d", "degC d", 150.0),
    ("150 delta_degC*day", "degC d", 150.0),
    ("270 delta_degF*day", "degC d", 150.0),
]


@pytest.mark.parametrize(("text", "unit", "number"), EXACT)
def test_a_threshold_in_another_unit_becomes_the_exact_number(
    text: str, unit: str, number: float
) -> None:
    assert convert(text, unit, what="it") == number


def test_a_difference_of_temperatures_has_no_offset() -> None:
    assert convert("3.6 delta_degF", "K", what="it", difference=True) == 2.0
    assert convert("2 delta_degC", "K", what="it", difference=True) == 2.0


@pytest.mark.parametrize(
    ("text", "difference"), [("2 degC", True), ("2 delta_degC", False), ("36 degF", True)]
)
def test_a_temperature_is_never_read_as_a_difference(text: str, difference: bool) -> None:
    with pytest.raises(ValueError, match="temperature"):
        convert(text, "degC", what="it", difference=difference)


@given(st.integers(-900, 600))
def test_every_tenth_of_a_degree_survives_fahrenheit(tenths: int) -> None:
    fahrenheit = f"{tenths * 9 / 50 + 32:.2f} degF"
    assert convert(fahrenheit, "degC", what="it") == tenths / 10


@given(st.text(max_size=20))
def test_no_text_does_anything_but_convert_or_be_refused(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(convert(text, "degC", what="it"), float)


def test_the_same_quantity_in_two_units_compares_equal() -> None:
    assert comparable("39.2 degF") == comparable("4 degC")
    assert comparable("18 km/h") == comparable("5 m/s")
    assert comparable("2 delta_degC") != comparable("2 degC")
    assert comparable("03-01") == "03-01"
