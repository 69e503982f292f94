"""Low ground of a region: where water gathers, from its heights alone."""

from typing import Final

import numpy as np
import xarray as xr

from forecast.agromet.drainage import (
    flow_over,
    height_above_drainage,
    topographic_wetness,
    upstream_area,
)
from forecast.agromet.truth import any_of, compare
from forecast.parameters import chosen

KM_PER_DEGREE: Final = 111.2
"""Of latitude."""


def gathering_ground(elevation: xr.DataArray) -> xr.Dataset:
    """Height above the nearest drain, wetness index and area upstream, once per region.

    On a kilometre grid a drain is a river or canal of some size (`drain_area`), and differences
    below the error of the heights (some 5 to 10 m) say nothing: plains need their own survey.

    Args:
        elevation: m, dims (latitude, longitude); NaN at sea.

    Returns:
        `height_above_drainage` (m), `topographic_wetness` (1) and `upstream_area` (km2), float32.
    """
    flow = flow_over(elevation)
    drain_area = chosen("drain_area") * 1e6
    height = height_above_drainage(flow, drain_area=drain_area)
    wetness = topographic_wetness(flow, least_slope=chosen("least_slope"))
    area = upstream_area(flow) / 1e6
    return xr.Dataset(
        {
            "height_above_drainage": flow.field(height, elevation).assign_attrs(units="m"),
            "topographic_wetness": flow.field(wetness, elevation).assign_attrs(units="1"),
            "upstream_area": flow.field(area, elevation).assign_attrs(units="km2"),
        }
    )


def low_lying(height_above_drainage: xr.DataArray, wetness_index: xr.DataArray) -> xr.DataArray:
    """Whether a cell lies low beside its drain or gathers water, three-valued.

    Args:
        height_above_drainage: m.
        wetness_index: topographic wetness index of the same cells of one region; its quantile
            `low_lying_quantile` is the limit.
    """
    limit = float(np.nanquantile(wetness_index.values, chosen("low_lying_quantile")))
    near = compare(height_above_drainage, chosen("low_lying_height"), operator="<")
    return any_of(near, compare(wetness_index, limit, operator=">="))


def rises_around(gathering: xr.Dataset, *, row: int, column: int) -> float:
    """Highest that the ground around a cell rises above its drains, m.

    Args:
        gathering: from `gathering_ground`.
        row: of the cell, along latitude.
        column: of the cell, along longitude.
    """
    heights = gathering["height_above_drainage"]
    spacing = float(np.abs(np.diff(heights["latitude"].values[:2]))[0])
    reach = max(round(chosen("plain_reach") / (KM_PER_DEGREE * spacing)), 1)
    near = heights.values[
        max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1
    ]
    return float(np.nanmax(near))
