"""A probability from the neighbours of one forecast, and that it says so."""

import numpy as np
import pytest
import xarray as xr

from forecast.errors import DataError, InvalidRequest
from forecast.query.events import Condition
from forecast.query.neighbourhood import cells_across, neighbourhood_probability

WET = Condition(variable="precipitation", comparison=">=", value=1.0)
CENTRE = (117.0, 39.0)


def rain(spacing: float = 0.25, hours: int = 24) -> xr.DataArray:
    """A dry field of 9 x 9 cells around the centre."""
    offsets = (np.arange(9) - 4) * spacing
    return xr.DataArray(
        np.zeros((hours, 9, 9), dtype=np.float32),
        dims=("time", "latitude", "longitude"),
        coords={
            "time": np.datetime64("2025-07-01T00", "ns")
            + np.arange(hours) * np.timedelta64(1, "h"),
            "latitude": 39.0 + offsets,
            "longitude": 117.0 + offsets,
        },
    )


def test_one_wet_cell_for_one_hour_is_one_of_all_cells_and_hours_around() -> None:
    field = rain()
    field[12, 5, 5] = 3.0  # diagonal neighbour of the centre
    found = neighbourhood_probability(field, WET, place=CENTRE, hours=3)
    np.testing.assert_allclose(found.values[9:16], 1 / (9 * 7), rtol=1e-6)
    assert found.values[:9].tolist() == [0.0] * 9
    assert found.samples[12] == 63
    assert found.samples[0] == 9 * 4


def test_rain_outside_the_neighbourhood_does_not_count() -> None:
    field = rain()
    field[12, 6, 4] = 3.0
    assert neighbourhood_probability(field, WET, place=CENTRE).values.max() == 0.0


def test_small_cells_have_a_wider_neighbourhood() -> None:
    assert (cells_across(rain(0.25)), cells_across(rain(0.1))) == (3, 5)
    field = rain(0.1)
    field[12, 6, 4] = 3.0
    found = neighbourhood_probability(field, WET, place=CENTRE, hours=0)
    assert found.values[12] == pytest.approx(1 / 25)


def test_a_sum_is_added_in_each_cell_before_it_is_moved_in_time() -> None:
    heavy = Condition(
        variable="precipitation", comparison=">=", value=4.0, over_hours=3, statistic="sum"
    )
    field = rain()
    field[10:13, 4, 4] = 2.0
    found = neighbourhood_probability(field, heavy, place=CENTRE, hours=0)
    # 2 + 2, 2 + 2 + 2 and 2 + 2 mm end at hours 11, 12 and 13
    assert np.flatnonzero(found.values > 0).tolist() == [11, 12, 13]


def test_it_says_what_it_is_and_what_it_is_worth() -> None:
    found = neighbourhood_probability(rain(), WET, place=CENTRE, hours=3)
    assert found.method == "neighbourhood of one forecast"
    # (3 cells of 27.8 km / 60 km)² and 7 h / 3 h, by hand
    assert found.members_equivalent == pytest.approx(1.39**2 * 7 / 3, abs=0.06)
    assert (found.width, found.hours) == (3, 3)


def test_cells_beyond_the_edge_and_missing_ones_are_fewer_samples() -> None:
    field = rain()
    field[:, 0, 0] = np.nan
    corner = (116.0, 38.0)
    found = neighbourhood_probability(field, WET, place=corner, hours=0)
    assert found.samples[5] == 3
    nothing = neighbourhood_probability(field * np.nan, WET, place=CENTRE)
    assert np.isnan(nothing.values).all()


def test_what_differs_by_height_is_no_matter_of_chance() -> None:
    frost = Condition(variable="temperature_2m", comparison="<=", value=0.0)
    with pytest.raises(InvalidRequest, match="differ between cells by height"):
        neighbourhood_probability(rain(), frost, place=CENTRE)


def test_members_and_places_elsewhere_are_refused() -> None:
    with pytest.raises(DataError, match="one forecast"):
        neighbourhood_probability(rain().expand_dims(realization=[1, 2]), WET, place=CENTRE)
    with pytest.raises(InvalidRequest, match="does not cover it"):
        neighbourhood_probability(rain(), WET, place=(10.0, 39.0))
    with pytest.raises(InvalidRequest, match="allowed are 0 to 6 h"):
        neighbourhood_probability(rain(), WET, place=CENTRE, hours=12)
