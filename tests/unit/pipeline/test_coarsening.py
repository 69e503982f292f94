"""Coarse runs made from a fine one, by hand arithmetic."""

import numpy as np
import pytest
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.pipeline.coarsening import block_means, every_node, longer_steps, shape_of


def fine(rows: int = 5, columns: int = 7, hours: int = 7) -> xr.Dataset:
    """Temperature row + 10 column, rain 1, 2, 3 … mm an hour everywhere, near the equator."""
    row, column = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    place = np.broadcast_to(row + 10.0 * column, (hours, rows, columns))
    rain = np.broadcast_to(np.arange(1.0, hours + 1)[:, None, None], place.shape)
    times = np.datetime64("2025-06-01T01", "ns") + np.arange(hours) * np.timedelta64(1, "h")
    dims = ("time", "latitude", "longitude")
    return xr.Dataset(
        {
            "temperature_2m": (dims, place.astype(np.float32)),
            "precipitation": (dims, rain.astype(np.float32)),
            "model_elevation": (dims[1:], place[0].astype(np.float32)),
        },
        coords={
            "time": times,
            "time_bounds": (
                ("time", "bounds"),
                np.stack([times - np.timedelta64(1, "h"), times], axis=1),
            ),
            "variable": ["temperature_2m", "precipitation"],
            "interval_hours": (("variable", "time"), np.outer([0.0, 1.0], np.ones(hours))),
            "forecast_reference_time": np.datetime64("2025-06-01", "ns"),
            "latitude": np.arange(rows) * 1e-3,
            "longitude": 100.0 + np.arange(columns) * 1e-3,
        },
    )


def scattered(rows: int = 5, columns: int = 7) -> xr.Dataset:
    """The same on nodes row by row, the rows a little askew as in a projection."""
    regular = fine(rows, columns)
    flat = regular.stack(node=("latitude", "longitude"), create_index=False)
    row, column = np.divmod(np.arange(rows * columns), columns)
    return flat.assign_coords(
        latitude=("node", row * 1e-3 + column * 1e-5), longitude=("node", 100.0 + column * 1e-3)
    )


def test_blocks_hold_the_means_of_their_cells_and_the_rest_is_cut() -> None:
    hidden = block_means(fine(), cells=2)
    field = hidden.coarse["temperature_2m"].isel(time=0).values
    np.testing.assert_allclose(field, [[5.5, 25.5, 45.5], [7.5, 27.5, 47.5]], rtol=1e-6)
    np.testing.assert_allclose(hidden.coarse["latitude"], [0.5e-3, 2.5e-3], atol=1e-9)
    # between the middles of the outer blocks: rows 1 and 2, columns 1 to 4 of 7
    assert hidden.nodes.tolist() == [8, 9, 10, 11, 15, 16, 17, 18]
    assert hidden.coarse["temperature_2m"].dtype == np.float32


def test_rows_of_a_projected_grid_are_found_and_coarsened_alike() -> None:
    assert shape_of(scattered()) == (5, 7)
    regular, nodes = block_means(fine(), cells=2), block_means(scattered(), cells=2)
    assert nodes.nodes.tolist() == regular.nodes.tolist()
    np.testing.assert_allclose(
        nodes.coarse["model_elevation"].values,
        regular.coarse["model_elevation"].values.ravel(),
        rtol=1e-6,
    )


def test_every_second_node_is_kept_and_scored_nowhere() -> None:
    hidden = every_node(fine(rows=3, columns=4), cells=2)
    assert hidden.coarse["temperature_2m"].isel(time=0).values.tolist() == [[0, 20], [2, 22]]
    # the last column has no kept node beyond it
    assert hidden.nodes.tolist() == [1, 4, 5, 6, 9]


def test_longer_steps_hold_instants_and_the_sum_of_their_hours() -> None:
    coarse = longer_steps(fine(), hours=3)
    hours = coarse["time"].values.astype("datetime64[h]").astype(int) % 24
    assert hours.tolist() == [3, 6]
    assert coarse["precipitation"].values[:, 0, 0].tolist() == [6.0, 15.0]
    assert coarse["interval_hours"].sel(variable="precipitation").values.tolist() == [3.0, 3.0]
    spans = np.diff(coarse["time_bounds"].values, axis=1).ravel()
    assert (spans == np.timedelta64(3, "h")).all()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: block_means(fine(), cells=1), "allowed are 2 and more"),
        (lambda: block_means(fine(), cells=3), "two blocks at least"),
        (lambda: every_node(fine(), cells=5), "two nodes left"),
        (lambda: longer_steps(fine(), hours=6), "must be hourly and hold three"),
        (lambda: shape_of(scattered().isel(node=slice(1, None))), "do not form rows"),
    ],
)
def test_what_cannot_be_coarsened_is_refused(make, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        make()
