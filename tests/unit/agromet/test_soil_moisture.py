"""Soil moisture as a share of field capacity, from the depletion of the root zone."""

import pytest

from forecast.agromet.soil_moisture import relative_moisture


def test_a_depletion_is_what_lacks_to_field_capacity_over_the_root_zone() -> None:
    """FAO-56, eq. 87, by hand: θFC 0.23, θ 0.16, Zr 0.8 m give Dr = 1000 (0.23 - 0.16) 0.8."""
    assert relative_moisture(56.0, roots=0.8, field_capacity=0.23) == pytest.approx(
        100.0 * 0.16 / 0.23
    )


def test_field_capacity_is_100_percent_and_nothing_lies_below_0() -> None:
    assert relative_moisture(0.0, roots=0.5, field_capacity=0.25) == 100.0
    assert relative_moisture(999.0, roots=0.5, field_capacity=0.25) == 0.0
