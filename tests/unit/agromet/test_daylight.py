"""Height of the sun against pvlib; sunshine against Ångström's own example."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from forecast.agromet.daylight import sun_height, sunshine_hours


def test_the_height_of_the_sun_is_pvlibs_to_0_4_degrees() -> None:
    """pvlib 0.16, NREL's solar position algorithm, without refraction; Tianjin, Oslo and Sydney."""
    from pvlib.solarposition import get_solarposition

    times = pd.date_range("2025-01-03", "2025-12-30", freq="131h", tz="UTC")
    utc = xr.DataArray(times.tz_localize(None).values.astype("datetime64[ns]"), dims="time")
    for latitude, longitude in ((39.3, 117.8), (59.9, 10.7), (-33.9, 151.2)):
        theirs = get_solarposition(times, latitude, longitude)["elevation"].to_numpy()
        ours = sun_height(utc, latitude=latitude, longitude=longitude)
        np.testing.assert_allclose(ours, theirs, atol=0.4)


def test_fields_of_places_ride_along() -> None:
    utc = xr.DataArray(np.array(["2025-06-21T04:00"], dtype="datetime64[ns]"), dims="time")
    north = xr.DataArray([23.4, 39.3], dims="latitude")
    east = xr.DataArray([120.0, 117.8, 110.0], dims="longitude")
    height = sun_height(utc, latitude=north, longitude=east)
    assert height.dims == ("time", "latitude", "longitude")
    assert height.attrs["units"] == "degree"
    assert float(height[0, 0, 0]) == pytest.approx(89.5, abs=0.5)


def test_sunshine_is_the_inverse_of_angstroms_formula() -> None:
    """FAO-56, example 17: 22.65 of 38.06 MJ and 12.31 h of daylight are 8.5 h of sunshine."""
    assert sunshine_hours(22.65, above=38.06, daylight=12.31) == pytest.approx(8.5, abs=0.02)
    light = np.array([0.0, 5.0, 35.0, np.nan])
    found = sunshine_hours(light, above=38.06, daylight=12.31)
    np.testing.assert_allclose(found, [0.0, 0.0, 12.31, np.nan])
    assert sunshine_hours(0.0, above=0.0, daylight=0.0) == 0.0
