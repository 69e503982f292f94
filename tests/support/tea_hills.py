"""Cells of the tea hills by their height."""

import numpy as np

from forecast import regions
from forecast.pipeline import region_terrain
from tests.support.advice_events import TEA_CELL, Garden


def garden_at(hills: Garden, height: float) -> tuple[float, float]:
    """Latitude and longitude of the cell nearest to a height within one cell of the model."""
    field = region_terrain(regions.load(hills.region), folder=hills.folder)["elevation"]
    inside = field.sel(
        latitude=slice(TEA_CELL.south, TEA_CELL.north),
        longitude=slice(TEA_CELL.west, TEA_CELL.east),
    )
    row, column = np.unravel_index(np.abs(inside.values - height).argmin(), inside.shape)
    assert abs(float(inside[row, column]) - height) < 10.0
    return float(inside["latitude"][row]), float(inside["longitude"][column])
