"""A coarser run made from a fine one, so that what was hidden can be scored against.

The coarse fields are means over blocks of the fine ones, every so many nodes of them, or their
longer steps. Such a test leaves out the errors of the model itself: what it shows is an upper
bound of what downscaling gains.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.variables import variable

Shape = tuple[int, int]

KEPT: Final = ("step_flag",)
ROW_BREAK: Final = 3.0
"""A step between nodes this many times the usual one begins a new row."""


class Hidden(NamedTuple):
    """A coarse run, and which nodes of the fine one it is to be scored at.

    Attributes:
        coarse: native dataset.
        nodes: positions in the fine run's nodes, row by row [point].
        words: how the coarse run was made.
    """

    coarse: xr.Dataset
    nodes: npt.NDArray[np.intp]
    words: str


def block_means(fine: xr.Dataset, *, cells: int) -> Hidden:
    """Means over blocks of `cells` x `cells` nodes; scored between the outermost centres.

    Args:
        fine: native dataset on latitude and longitude, or on the nodes of rows and columns.
        cells: nodes along a side of a block, at least 2.

    Raises:
        InvalidRequest: the grid has fewer than two blocks along a side, or no rows.
    """
    rows, columns = shape_of(fine)
    blocks = rows // cells, columns // cells
    if cells < 2 or min(blocks) < 2:
        raise InvalidRequest(
            f"blocks of {cells} x {cells} nodes were asked of a grid of {rows} x {columns};"
            " allowed are 2 and more, with two blocks at least along each side"
        )
    weight = np.cos(np.deg2rad(_latitudes(fine)))[: blocks[0] * cells, : blocks[1] * cells]

    def mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        part = values[..., : blocks[0] * cells, : blocks[1] * cells] * weight
        return _sums(part, blocks, cells) / _sums(weight, blocks, cells)

    middle = cells // 2
    nodes = _inner(
        (rows, columns),
        rows=slice(middle, blocks[0] * cells - middle),
        columns=slice(middle, blocks[1] * cells - middle),
    )
    coarse = _reshaped(fine, (rows, columns), mean)
    words = f"means over blocks of {cells} x {cells} cells of the truth, winds by their components"
    return Hidden(coarse, nodes, words)


def every_node(fine: xr.Dataset, *, cells: int) -> Hidden:
    """Every `cells`-th node along both axes; scored at the nodes between, not at those kept.

    Args:
        fine: native dataset on latitude and longitude, or on the nodes of rows and columns.
        cells: step, at least 2.

    Raises:
        InvalidRequest: fewer than two nodes are left along a side.
    """
    rows, columns = shape_of(fine)
    if cells < 2 or min(rows, columns) <= cells:
        raise InvalidRequest(
            f"one node in {cells} was asked of a grid of {rows} x {columns}; allowed are"
            " 2 and more, with two nodes left at least along each side"
        )
    last = (rows - 1) // cells * cells, (columns - 1) // cells * cells
    inner = _inner((rows, columns), rows=slice(0, last[0] + 1), columns=slice(0, last[1] + 1))
    kept = (inner // columns % cells == 0) & (inner % columns % cells == 0)
    coarse = _reshaped(fine, (rows, columns), lambda values: values[..., ::cells, ::cells])
    return Hidden(
        coarse,
        inner[~kept],
        f"one node in {cells} along each axis of the truth, scored at the others",
    )


def longer_steps(fine: xr.Dataset, *, hours: int) -> xr.Dataset:
    """Every `hours`-th step; sums and means over all the hours since the step before.

    Args:
        fine: hourly native dataset.
        hours: length of the new steps, at least 2.

    Raises:
        InvalidRequest: the steps are not hourly, or fewer than three are left.
    """
    times = fine["time"].values
    if np.any(np.diff(times) != np.timedelta64(1, "h")) or times.size < 2 * hours + 1:
        raise InvalidRequest(
            f"steps of {hours} h were asked; the truth must be hourly and hold three of them"
        )
    first = next(n for n, time in enumerate(times) if _hour(time) % hours == 0)
    ends = np.arange(first, times.size, hours)
    coarse = fine.isel(time=ends).copy()
    for name, field in fine.data_vars.items():
        kind = variable(str(name)).cell_method if name not in KEPT else "point"
        if "time" not in field.dims or kind == "point":
            continue
        window = field.astype(float).rolling(time=hours)
        folded = {"sum": window.sum, "mean": window.mean, "maximum": window.max}[kind]()
        coarse[name] = folded.isel(time=ends).transpose(*field.dims).astype(np.float32)
    intervals = coarse["interval_hours"].values * hours
    bounds = coarse["time_bounds"].values.copy()
    bounds[:, 0] = bounds[:, 1] - np.timedelta64(hours, "h")
    return coarse.assign_coords(
        interval_hours=(("variable", "time"), intervals), time_bounds=(("time", "bounds"), bounds)
    )


def shape_of(native: xr.Dataset) -> Shape:
    """Rows and columns of a model grid.

    The nodes of a projected grid stand row by row; a row ends where the step to the next node is
    far longer than the others.

    Raises:
        InvalidRequest: the nodes do not form rows of one length.
    """
    if "node" not in native.dims:
        return native.sizes["latitude"], native.sizes["longitude"]
    latitude, longitude = native["latitude"].values, native["longitude"].values
    east = np.diff(longitude) * np.cos(np.deg2rad(latitude[1:]))
    steps = np.hypot(np.diff(latitude), east)
    breaks = np.flatnonzero(steps > ROW_BREAK * np.median(steps)) + 1
    columns = int(breaks[0]) if breaks.size else latitude.size
    if latitude.size % columns or np.any(breaks % columns):
        raise InvalidRequest(
            "a coarser run was asked of nodes that do not form rows; allowed are"
            " latitude-longitude and projected grids"
        )
    return latitude.size // columns, columns


def _hour(time: np.datetime64) -> int:
    return int(time.astype("datetime64[h]").astype(int))


def _latitudes(native: xr.Dataset) -> npt.NDArray[np.float64]:
    shape = shape_of(native)
    latitude = native["latitude"].values.astype(float)
    if "node" in native.dims:
        return latitude.reshape(shape)
    return np.broadcast_to(latitude[:, np.newaxis], shape)


def _sums(values: npt.NDArray[np.float64], blocks: Shape, cells: int) -> npt.NDArray[np.float64]:
    lead = values.shape[:-2]
    return values.reshape(*lead, blocks[0], cells, blocks[1], cells).sum(axis=(-3, -1))


def _inner(shape: Shape, *, rows: slice, columns: slice) -> npt.NDArray[np.intp]:
    numbers = np.arange(shape[0] * shape[1]).reshape(shape)
    return numbers[rows, columns].ravel()


def _reshaped(
    fine: xr.Dataset,
    shape: Shape,
    change: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
) -> xr.Dataset:
    """Apply a change of [..., row, column] to every field and to the coordinates."""
    scattered = "node" in fine.dims
    longitude = fine["longitude"].values.astype(float)
    wide = longitude.reshape(shape) if scattered else np.broadcast_to(longitude, shape)
    north, east = change(_latitudes(fine)), change(wide)
    horizontal = ("node",) if scattered else ("latitude", "longitude")
    new = {
        "latitude": (horizontal[:1], north.ravel() if scattered else north[:, 0]),
        "longitude": (horizontal[-1:], east.ravel() if scattered else east[0]),
    }
    data = {}
    for name, field in fine.data_vars.items():
        if not set(horizontal) <= set(field.dims):
            data[name] = field.variable
            continue
        lead = tuple(dim for dim in field.dims if dim not in horizontal)
        values = field.transpose(*lead, *horizontal).values.astype(float)
        changed = change(values.reshape(*values.shape[: len(lead)], *shape))
        if scattered:
            changed = changed.reshape(*changed.shape[:-2], -1)
        data[name] = xr.Variable((*lead, *horizontal), changed.astype(np.float32), field.attrs)
    kept = {
        name: coordinate.variable
        for name, coordinate in fine.coords.items()
        if not set(horizontal) & set(coordinate.dims) and name not in new
    }
    return xr.Dataset(data, coords={**kept, **new}, attrs=fine.attrs)
