"""Wet bulb, Delta T, phase and the sky's emissivity against printed values."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecast import meteorology as met


def test_stulls_example_of_a_wet_bulb() -> None:
    # Stull 2011, J. Appl. Meteor. Climatol. 50, 2267: 13.7 degC at 20 degC, 50 % and 1013.25 hPa
    dew = met.dew_point(20.0, 50.0)
    assert met.wet_bulb(20.0, dew, pressure=1013.25) == pytest.approx(13.7, abs=0.2)


def test_the_psychrometer_example_of_fao_56() -> None:
    # Allen et al. 1998, example 4: 25.6 and 19.5 degC at 1200 m (87.9 kPa) give e = 1.91 kPa
    dew = met.dew_point_from_vapour_pressure(19.1)
    assert met.wet_bulb(25.6, dew, pressure=879.0) == pytest.approx(19.5, abs=0.05)
    assert met.delta_t(25.6, dew, pressure=879.0) == pytest.approx(6.1, abs=0.05)


def test_a_reading_of_the_weather_bureaus_tables() -> None:
    # U.S. Weather Bureau psychrometric tables: 68 and 62 degF are 71 to 72 %
    bulb = met.wet_bulb(20.0, met.dew_point(20.0, 71.5), pressure=1000.0)
    assert bulb == pytest.approx((62.0 - 32.0) / 1.8, abs=0.1)


def test_saturated_air_has_no_depression() -> None:
    warm = np.linspace(-40.0, 40.0, 17)
    np.testing.assert_allclose(met.wet_bulb(warm, warm, pressure=900.0), warm, atol=1e-9)
    assert (met.delta_t(warm, warm + 1.0, pressure=900.0) == 0.0).all()


@given(st.floats(-60.0, 50.0), st.floats(0.0, 40.0), st.floats(400.0, 1060.0))
def test_the_root_is_found_between_dew_point_and_temperature(warm, depression, air) -> None:
    dew = warm - depression
    bulb = float(met.wet_bulb(warm, dew, pressure=air))
    assert dew - 1e-6 <= bulb <= warm + 1e-6
    vapour = met.saturation_vapour_pressure(bulb) - 6.62e-4 * air * (warm - bulb)
    assert vapour == pytest.approx(met.saturation_vapour_pressure(dew), abs=1e-6)


def test_evaporation_cools_more_in_thin_air() -> None:
    low, high = (float(met.wet_bulb(25.0, 5.0, pressure=p)) for p in (1013.0, 700.0))
    assert high < low - 1.0


def test_what_is_missing_stays_missing_and_dims_are_kept() -> None:
    warm = xr.DataArray([[10.0, np.nan]], dims=("time", "point"))
    bulb = met.wet_bulb(warm, warm - 3.0, pressure=xr.DataArray([1000.0], dims="time"))
    assert bulb.dims == ("time", "point")
    assert np.isnan(bulb.values).tolist() == [[False, True]]


def test_half_of_precipitation_is_snow_at_four_fifths_of_a_degree() -> None:
    # Wang et al. 2019, eq. 1: the exponent is zero where 6.99e-5 exp(2 (Tw + 3.97)) = 1
    assert met.snow_share(0.814) == pytest.approx(0.5, abs=1e-3)
    assert met.snow_share(-3.0) > 0.999
    assert met.snow_share(5.0) < 1e-3
    assert met.snow_share(np.float32(80.0)) < 1e-20


def test_the_clear_sky_of_the_subarctic_and_of_the_tropics() -> None:
    # by hand: 0.23 + 0.43 (100 / 250)^(1/5.7) and 0.23 + 0.43 (3000 / 300)^(1/5.7)
    assert met.clear_sky_emissivity(-23.15, 1.0) == pytest.approx(0.5961, abs=2e-4)
    assert met.clear_sky_emissivity(26.85, 30.0) == pytest.approx(0.8741, abs=2e-4)


def test_pressure_of_the_standard_atmosphere() -> None:
    # ISO 2533:1975
    for height, wanted in ((0.0, 1013.25), (1000.0, 898.74), (3000.0, 701.09), (5000.0, 540.20)):
        assert met.standard_pressure(height) == pytest.approx(wanted, abs=0.1)
