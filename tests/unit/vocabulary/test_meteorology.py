"""Formulas against published values; each source stands at its test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast import meteorology


@pytest.mark.parametrize(
    ("celsius", "hectopascal"), [(-20.0, 1.2563), (0.0, 6.1114), (20.0, 23.388), (35.0, 56.272)]
)
def test_saturation_pressure_is_within_half_a_percent_of_the_tables(
    celsius: float, hectopascal: float
) -> None:
    """Goff-Gratch values over water, Smithsonian Meteorological Tables (List 1949), table 94."""
    assert meteorology.saturation_vapour_pressure(celsius) == pytest.approx(hectopascal, rel=5e-3)


def test_pressure_at_3_km_of_the_standard_atmosphere() -> None:
    """ICAO standard atmosphere (Doc 7488): 701.09 hPa at 3000 m, -6.5 K/km from 15 degC."""
    result = meteorology.hypsometric_pressure(1013.25, 3000.0, mean_temperature=15.0 - 6.5 * 1.5)
    assert result == pytest.approx(701.09, abs=0.15)


@pytest.mark.parametrize(
    ("eastward", "northward", "degrees"),
    [(1.0, 0.0, 270.0), (0.0, 1.0, 180.0), (-1.0, 0.0, 90.0), (0.0, -1.0, 0.0), (0.0, 0.0, 0.0)],
)
def test_wind_direction_is_where_the_wind_comes_from(
    eastward: float, northward: float, degrees: float
) -> None:
    assert meteorology.wind_direction(eastward, northward) == pytest.approx(degrees)


def test_vapour_pressure_deficit_at_saturation_is_zero() -> None:
    assert meteorology.vapour_pressure_deficit(12.3, 12.3) == 0.0


def test_declination_at_the_june_solstice_is_23_45_degrees() -> None:
    angle = meteorology.day_angle(np.datetime64("2025-06-21T12:00"))
    assert np.degrees(meteorology.solar_declination(angle)) == pytest.approx(23.45, abs=0.05)


def test_equation_of_time_in_early_november_is_sixteen_minutes() -> None:
    """Largest value of the year, 16 min 25 s on 3 November (Astronomical Almanac)."""
    angle = meteorology.day_angle(np.datetime64("2025-11-03T12:00"))
    assert meteorology.equation_of_time(angle) == pytest.approx(16.42, abs=0.3)


@given(
    temperature=st.floats(-40, 45),
    humidity=st.floats(1, 100),
)
def test_humidity_to_dew_point_and_back_is_the_identity(
    temperature: float, humidity: float
) -> None:
    dew_point = meteorology.dew_point(temperature, humidity)
    assert dew_point <= temperature + 1e-9
    assert meteorology.relative_humidity(temperature, dew_point) == pytest.approx(
        humidity, rel=1e-9
    )
