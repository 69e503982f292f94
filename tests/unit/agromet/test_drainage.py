"""Flow over made reliefs whose depressions, drains and pools are known by hand."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.agromet.drainage import (
    flow_over,
    height_above_drainage,
    standing_water,
    topographic_wetness,
    upstream_area,
)
from forecast.agromet.low_ground import gathering_ground, low_lying
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.errors import DataError


def _relief(heights: np.ndarray) -> xr.DataArray:
    """Heights on a grid of 0.01 degrees at the equator, where cells are square."""
    rows, columns = heights.shape
    coords = {
        "latitude": (np.arange(rows) - rows // 2) * 0.01,
        "longitude": 117.0 + np.arange(columns) * 0.01,
    }
    return xr.DataArray(heights.astype(float), dims=("latitude", "longitude"), coords=coords)


def _bowl(size: int = 21, rim: float = 20.0) -> np.ndarray:
    """A paraboloid of depth `rim`, closed all around by a flat rim."""
    y, x = np.mgrid[:size, :size] - size // 2
    return np.minimum(rim * (x**2 + y**2) / (size // 2 - 1) ** 2, rim)


def test_a_closed_bowl_keeps_its_water_to_1e_6() -> None:
    flow = flow_over(_relief(_bowl()))
    inside = (_bowl() < 20.0).ravel()
    runoff = np.where(inside, 50.0, 0.0)
    depth = standing_water(flow, runoff)
    volume, fallen = (depth * flow.areas).sum(), (runoff * flow.areas).sum()
    assert volume == pytest.approx(fallen, rel=1e-6)
    assert depth.max() == depth[flow.elevation.argmin()]
    wet = depth > 1e-6
    surface = flow.elevation[wet] + depth[wet] / 1000.0
    assert np.ptp(surface) < 1e-9


def test_a_bowl_holds_no_more_than_to_its_rim() -> None:
    flow = flow_over(_relief(_bowl()))
    depth = standing_water(flow, np.full(flow.elevation.size, 1e6))
    np.testing.assert_allclose(flow.elevation + depth / 1000.0, np.maximum(flow.filled, 0.0))
    np.testing.assert_allclose(flow.filled, 20.0)


def test_the_level_in_a_stepped_pit_is_that_of_hand_arithmetic() -> None:
    """Cells of 0 and 2 m within a rim of 5 m: 3 cell-metres of water stand 2.5 m over the lower."""
    heights = np.array([[5.0, 5, 5, 5], [5, 0, 2, 5], [5, 5, 5, 5]])
    flow = flow_over(_relief(heights))
    runoff = np.zeros(12)
    runoff[5] = 3000.0
    depth = standing_water(flow, runoff).reshape(3, 4)
    assert depth[1, 1] == pytest.approx(2500.0)
    assert depth[1, 2] == pytest.approx(500.0)


def test_what_runs_over_one_bowl_fills_the_next() -> None:
    """Two pits down a slope: the upper holds 3 cell-metres, the lower 1; 10 fall on the upper."""
    heights = np.full((3, 7), 9.0)
    heights[1] = [9.0, 5.0, 8.0, 5.0, 6.0, 5.5, 5.0]
    flow = flow_over(_relief(heights))
    runoff = np.zeros((3, 7))
    runoff[1, 1] = 10_000.0
    depth = standing_water(flow, runoff).reshape(3, 7)
    assert depth[1, 1] == pytest.approx(3000.0)
    assert depth[1, 3] == pytest.approx(1000.0)
    assert depth.sum() == pytest.approx(4000.0)


def test_all_water_of_a_slope_leaves_at_its_foot() -> None:
    heights = np.add.outer(np.zeros(5), np.arange(6.0)) * 10.0
    flow = flow_over(_relief(heights))
    area = upstream_area(flow).reshape(5, 6)
    np.testing.assert_allclose(area[2] / flow.areas[12], [6, 5, 4, 3, 2, 1])
    leaves = flow.receiver == np.arange(flow.elevation.size)
    assert area.ravel()[leaves].sum() == pytest.approx(flow.areas.sum())


def test_height_above_the_drain_is_measured_along_the_flow() -> None:
    """A valley along the middle row, banks of 3 and 8 m to each side, walls all around."""
    heights = np.full((7, 9), 40.0)
    heights[1:6, :] = np.array([8.0, 3.0, 0.0, 3.0, 8.0])[:, np.newaxis]
    heights[:, -1] = 40.0
    heights[3, :8] = np.arange(8) * 0.01
    relief = _relief(heights)
    flow = flow_over(relief)
    cell = float(flow.areas[0])
    above = height_above_drainage(flow, drain_area=3.5 * cell).reshape(7, 9)
    assert above[3, 1:5].max() == 0.0
    np.testing.assert_allclose(above[2, 2:5], 3.0, atol=0.05)
    np.testing.assert_allclose(above[1, 2:5], 8.0, atol=0.05)


def test_the_wetness_index_of_a_plane_is_its_formula() -> None:
    """Beven & Kirkby 1979: ln(a / tan β), a the width of one cell per cell upstream."""
    heights = np.add.outer(np.zeros(5), np.arange(12.0)) * 10.0
    flow = flow_over(_relief(heights))
    index = topographic_wetness(flow, least_slope=0.001).reshape(5, 12)
    width = np.sqrt(flow.areas[24])
    cells = 12.0 - np.arange(1, 12)
    np.testing.assert_allclose(index[2, 1:], np.log(cells * width / (10.0 / width)), rtol=1e-4)
    assert index[2, 0] == pytest.approx(np.log(12.0 * width / 0.001))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 300.0))
def test_on_any_relief_water_is_neither_made_nor_above_the_spill(seed: int, fallen: float) -> None:
    random = np.random.default_rng(seed)
    heights = random.integers(0, 12, (9, 11)).astype(float)
    heights[random.random(heights.shape) < 0.1] = np.nan
    flow = flow_over(_relief(heights))
    depth = standing_water(flow, np.full(99, fallen))
    known = ~np.isnan(flow.elevation)
    assert (depth[~known] == 0.0).all()
    assert (depth * flow.areas).sum() <= fallen * flow.areas[known].sum() * (1 + 1e-9)
    assert (flow.elevation + depth / 1000.0 <= flow.filled + 1e-6)[known].all()
    assert (flow.filled >= flow.elevation)[known].all()
    assert sorted(flow.order) == np.flatnonzero(known).tolist()
    assert (flow.filled[flow.receiver] <= flow.filled)[known].all()


def test_the_ground_of_a_region_has_no_values_at_sea() -> None:
    heights = _bowl(15)
    heights[:, 0] = np.nan
    ground = gathering_ground(_relief(heights))
    assert ground["height_above_drainage"].isnull().sum() == 15
    assert float(ground["height_above_drainage"].min()) >= 0.0
    assert ground["upstream_area"].attrs["units"] == "km2"


def test_low_ground_is_near_its_drain_or_gathers_water() -> None:
    height = xr.DataArray([0.5, 3.0, 30.0, np.nan], dims="cell")
    index = xr.DataArray([8.0, 20.0, 7.0, np.nan], dims="cell")
    assert low_lying(height, index).values.tolist() == [YES, YES, NO, UNKNOWN]


def test_heights_on_other_dims_are_refused() -> None:
    with pytest.raises(DataError, match="latitude, longitude"):
        flow_over(xr.DataArray(np.zeros((2, 2)), dims=("y", "x")))
