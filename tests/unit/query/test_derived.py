"""Derived quantities come from published ones, by formulas with published values."""

import numpy as np
import pytest
import xarray as xr

from forecast.errors import UnknownName
from forecast.query.derived import derivable, derive, needs
from forecast.variables import derived

AIR = ("temperature_2m", "dew_point_2m", "surface_pressure")
IFS_SOIL = ("soil_temperature_0_7cm", "soil_temperature_7_28cm")
GFS_SOIL = ("soil_temperature_0_10cm", "soil_temperature_10_40cm")


def test_wind_at_2m_is_that_of_fao_56_example_14():
    """Allen et al. 1998, example 14: 3.2 m/s at 10 m is 2.4 m/s at 2 m."""
    made = derive("wind_speed_2m", {"wind_speed_10m": np.float32([3.2])})
    assert float(made[0]) == pytest.approx(2.4, abs=0.05)


def test_depth_lies_linearly_between_the_middles_of_ifs_layers():
    """5 cm is 1.5 of the 14 cm from 3.5 to 17.5 cm: 20 - 7 x 1.5/14 = 19.25."""
    values = {IFS_SOIL[0]: np.array([20.0]), IFS_SOIL[1]: np.array([13.0])}
    np.testing.assert_allclose(derive("soil_temperature_5cm", values), [19.25])
    np.testing.assert_allclose(derive("soil_temperature_10cm", values), [16.75])


def test_five_centimetres_are_the_middle_of_the_first_gfs_layer():
    values = {GFS_SOIL[0]: np.array([11.0]), GFS_SOIL[1]: np.array([3.0])}
    np.testing.assert_allclose(derive("soil_temperature_5cm", values), [11.0])
    np.testing.assert_allclose(derive("soil_temperature_10cm", values), [9.0])


def test_delta_t_is_temperature_less_wet_bulb():
    values = {
        "temperature_2m": np.array([30.0]),
        "dew_point_2m": np.array([15.0]),
        "surface_pressure": np.array([1000.0]),
    }
    depression = derive("delta_t", values)
    np.testing.assert_allclose(30.0 - depression, derive("wet_bulb_2m", values), atol=1e-6)


def test_missing_input_gives_a_missing_value():
    values = {IFS_SOIL[0]: np.array([np.nan, 1.0]), IFS_SOIL[1]: np.array([2.0, np.nan])}
    assert np.isnan(derive("soil_temperature_5cm", values)).all()


def test_lazy_fields_stay_lazy():
    wind = xr.DataArray(np.ones((2, 3)), dims=("time", "point")).chunk({"time": 1})
    made = derive("wind_speed_2m", {"wind_speed_10m": wind})
    assert made.chunks is not None


def test_what_can_be_derived_follows_from_what_is_held():
    assert derivable(("wind_speed_10m", *GFS_SOIL)) == (
        "wind_speed_2m",
        "soil_temperature_5cm",
        "soil_temperature_10cm",
    )
    assert derivable((*AIR, "wind_speed_10m", *IFS_SOIL)) == derived()
    assert needs("wet_bulb_2m", ("temperature_2m",)) == ()


def test_unknown_and_underivable_names_are_refused_with_what_is_needed():
    with pytest.raises(UnknownName, match="derived variables are wet_bulb_2m"):
        derive("precipitation", {})
    with pytest.raises(UnknownName, match="it needs wind_speed_10m"):
        derive("wind_speed_2m", {"temperature_2m": np.zeros(1)})
