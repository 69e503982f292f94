"""What is known of a pair: the sun, the land around; which reports are left out."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from forecast.pipeline.pairing import compared, land_around, sun_height


def test_the_sun_at_noon_of_the_solstice_stands_over_the_tropic() -> None:
    # 21 June 2025, longitude 0: solar noon at 12:02 UTC, declination 23.44 degrees
    noon = np.array(["2025-06-21T12:02"], "datetime64[ns]")
    height = sun_height(noon, longitude=np.array([0.0]), latitude=np.array([23.44]))
    assert np.rad2deg(np.arcsin(height)) == pytest.approx(90.0, abs=0.6)


def test_it_is_night_in_tianjin_when_it_is_noon_in_new_york() -> None:
    moment = np.array(["2025-03-20T17:00"] * 2, "datetime64[ns]")
    height = sun_height(moment, longitude=np.array([117.2, -74.0]), latitude=np.array([39.1, 40.7]))
    assert height[0] < 0.0 < height[1]


def test_land_around_a_shore_is_counted_in_20_km() -> None:
    axis = np.round(np.arange(-0.5, 0.5, 0.01) + 0.005, 3)
    west_is_sea = np.where(axis < 0.0, np.nan, 10.0)
    ground = xr.DataArray(
        np.broadcast_to(west_is_sea, (axis.size, axis.size)),
        {"latitude": axis, "longitude": axis},
        ("latitude", "longitude"),
    )
    share = land_around(
        ground, longitude=np.array([0.0, 0.3, 5.0]), latitude=np.array([0.0, 0.0, 0.0])
    )
    assert share[:2].tolist() == [0.5, 1.0]
    assert np.isnan(share[2])


def test_a_report_of_320_kelvin_is_left_out_and_told() -> None:
    table = pd.DataFrame(
        {
            "variable": ["temperature_2m", "temperature_2m", "surface_pressure"],
            "station": ["a", "b", "a"],
            "time": pd.Timestamp("2018-11-20T12:00"),
            "reference_time": pd.Timestamp("2018-11-18T12:00"),
            "observed": [46.6, 3.0, 900.0],
            "bilinear": [5.0, 15.0, 1000.0],
        }
    )
    kept = compared(table, ("bilinear",), reference="bilinear")
    assert kept.table["station"].tolist() == ["b", "a"]
    assert kept.notes[0].startswith("1 reports that differ by more than 12 K from bilinear")
