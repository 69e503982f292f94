"""Where water runs on a grid of heights: depressions, flow, drains and what stands above them.

Depressions are filled from the edge inwards in the order of height (priority-flood: Barnes, Lehman
& Mulla 2014, Comput. Geosci. 62, 117). Each cell drains to the neighbour of the steepest fall (D8:
O'Callaghan & Mark 1984, Comput. Vision Graph. 28, 323); flats and filled pits drain back the way
they were reached, which is the lowest way out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import DataError
from grids.geometry import EARTH_RADIUS_M

Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_NEIGHBOURS: Final = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """Ways of the water over a grid; arrays [latitude, longitude] flattened, unless said.

    Attributes:
        elevation: heights as they came, m; NaN outside the land.
        filled: heights with every depression filled to its outlet, m.
        receiver: index of the cell that each cell drains to; its own where water leaves the data.
        distance: to the receiver, m.
        order: the cells with data, each after its receiver.
        areas: m2.
        shape: of the grid.
    """

    elevation: Doubles
    filled: Doubles
    receiver: Indices
    distance: Doubles
    order: Indices
    areas: Doubles
    shape: tuple[int, int]

    def field(self, values: Any, like: xr.DataArray) -> xr.DataArray:
        """Values of the cells as a field on the grid of `like`, float32, NaN outside the land."""
        data = np.where(np.isnan(self.elevation), np.nan, values).astype(np.float32)
        return xr.DataArray(data.reshape(self.shape), coords=like.coords, dims=like.dims)


def flow_over(elevation: xr.DataArray) -> Flow:
    """Find where each cell drains to.

    Water leaves into cells without height (the sea), and over the edge of the grid where no
    neighbour is lower.

    Args:
        elevation: m, dims (latitude, longitude), degrees; NaN at sea.

    Raises:
        DataError: other dims.
    """
    if elevation.dims != ("latitude", "longitude"):
        raise DataError(
            f"heights with the dims {elevation.dims} were given; flow needs latitude, longitude"
        )
    heights = elevation.values.astype(np.float64)
    filled, receiver, order = _flood(heights)
    tall, wide = _spacing(elevation)
    steepest = _steepest(filled.reshape(heights.shape), tall, wide)
    sloping = (steepest >= 0) & (filled == heights.ravel()) & ~_at_sea(heights).ravel()
    receiver = np.where(sloping, steepest, receiver)
    rows = np.arange(filled.size) // heights.shape[1]
    down = np.abs(receiver // heights.shape[1] - rows) * tall
    aside = np.abs(receiver % heights.shape[1] - np.arange(filled.size) % heights.shape[1])
    return Flow(
        elevation=heights.ravel(),
        filled=filled,
        receiver=receiver,
        distance=np.hypot(down, aside * wide[rows]),
        order=order,
        areas=(tall * wide)[rows],
        shape=(heights.shape[0], heights.shape[1]),
    )


def upstream_area(flow: Flow) -> Doubles:
    """Area that drains through each cell, its own included, m2."""
    total = np.where(np.isnan(flow.elevation), 0.0, flow.areas)
    return _gather(flow, total)


def height_above_drainage(flow: Flow, *, drain_area: float) -> Doubles:
    """Height above the nearest drain along the flow, m, never below 0.

    HAND (Rennó et al. 2008, Remote Sens. Environ. 112, 3469; Nobre et al. 2011, J. Hydrol. 404,
    13). Drains are the cells that a large enough area drains through, and the edge of the data.

    Args:
        flow: from `flow_over`.
        drain_area: least area upstream of a drain, m2.
    """
    is_drain = upstream_area(flow) >= drain_area
    level = np.full(flow.elevation.size, np.nan)
    for cell in flow.order:
        below = flow.receiver[cell]
        own = is_drain[cell] or below == cell
        level[cell] = flow.elevation[cell] if own else level[below]
    return np.maximum(flow.elevation - level, 0.0)


def topographic_wetness(flow: Flow, *, least_slope: float) -> Doubles:
    """Topographic wetness index ln(a / tan β) (Beven & Kirkby 1979, Hydrol. Sci. Bull. 24, 43).

    a is the area upstream per width of the cell (m), tan β the fall to the receiver per distance.

    Args:
        flow: from `flow_over`.
        least_slope: m m-1, in place of flatter ones.
    """
    width = np.sqrt(flow.areas)
    fall = flow.elevation - flow.elevation[flow.receiver]
    slope = fall / np.where(flow.distance > 0.0, flow.distance, np.inf)
    return np.log(upstream_area(flow) / width / np.maximum(slope, least_slope))


def standing_water(flow: Flow, runoff: Any) -> Doubles:
    """Depth of water that runoff leaves in the depressions, mm.

    All runoff moves at once: it fills the depression it reaches, level from the bottom up, and
    what is over runs on from the outlet to the next. Depressions within a filled depression share
    one level.

    Args:
        flow: from `flow_over`.
        runoff: water that runs off each cell, mm, as many as cells.
    """
    water = np.nan_to_num(np.asarray(runoff, dtype=np.float64).ravel()) / 1000.0 * flow.areas
    pool, members = _depressions(flow)
    room = np.array(
        [((flow.filled - flow.elevation) * flow.areas)[cells].sum() for cells in members]
    )
    held, outlets = np.zeros(len(members)), [cells[-1] for cells in members]
    moving = np.where(np.isnan(flow.elevation), 0.0, water)
    for cell in flow.order[::-1]:
        number = pool[cell]
        if number >= 0:
            held[number] += moving[cell]
            moving[cell] = 0.0
            if outlets[number] != cell:
                continue
            moving[cell] = max(held[number] - room[number], 0.0)
            held[number] -= moving[cell]
        if flow.receiver[cell] != cell:
            moving[flow.receiver[cell]] += moving[cell]
    depth = np.zeros(flow.elevation.size)
    for number, cells in enumerate(members):
        depth[cells] = _level(flow.elevation[cells], flow.areas[cells], held[number])
    return depth * 1000.0


def _level(heights: Doubles, areas: Doubles, volume: float) -> Doubles:
    """Depths (m) of a volume (m3) that stands level over cells."""
    order = np.argsort(heights)
    rising, wide = heights[order], np.cumsum(areas[order])
    below = np.concatenate([[0.0], np.cumsum(np.diff(rising) * wide[:-1])])
    top = np.searchsorted(below, volume, side="right") - 1
    surface = rising[top] + (volume - below[top]) / wide[top]
    return np.maximum(surface - heights, 0.0)


def _depressions(flow: Flow) -> tuple[Indices, list[Indices]]:
    """Number of the depression of each cell (-1 for none), and the cells of each.

    Neighbours that are filled to one level are one depression. Its cells stand in the order in
    which water passes, the outlet last.
    """
    pool = np.full(flow.elevation.size, -1, dtype=np.intp)
    low = flow.filled > flow.elevation
    number = 0
    for first in flow.order:
        if not low[first] or pool[first] >= 0:
            continue
        pool[first], waiting = number, [int(first)]
        while waiting:
            for near in _around(waiting.pop(), flow.shape):
                if low[near] and pool[near] < 0 and flow.filled[near] == flow.filled[first]:
                    pool[near] = number
                    waiting.append(near)
        number += 1
    members: list[list[int]] = [[] for _ in range(number)]
    for cell in flow.order[::-1]:
        if pool[cell] >= 0:
            members[pool[cell]].append(int(cell))
    return pool, [np.array(cells, dtype=np.intp) for cells in members]


def _around(cell: int, shape: tuple[int, int]) -> Iterator[int]:
    """The cells that touch a cell, corners included."""
    row, column = divmod(cell, shape[1])
    for down, right in _NEIGHBOURS:
        if 0 <= row + down < shape[0] and 0 <= column + right < shape[1]:
            yield cell + down * shape[1] + right


def _gather(flow: Flow, amounts: Doubles) -> Doubles:
    total = amounts.copy()
    for cell in flow.order[::-1]:
        if flow.receiver[cell] != cell:
            total[flow.receiver[cell]] += total[cell]
    return total


def _flood(heights: Doubles) -> tuple[Doubles, Indices, Indices]:
    """Fill from the edges inwards: filled heights, receivers, and the cells in that order."""
    shape = (heights.shape[0], heights.shape[1])
    land = ~np.isnan(heights)
    filled = heights.ravel().copy()
    receiver, queued = np.arange(filled.size), ~land.ravel()
    queue: list[tuple[float, int]] = []
    for cell in np.flatnonzero((land & (_at_sea(heights) | _at_edge(heights))).ravel()).tolist():
        heappush(queue, (float(filled[cell]), cell))
        queued[cell] = True
    order: list[int] = []
    while queue:
        level, lowest = heappop(queue)
        order.append(lowest)
        for near in _around(lowest, shape):
            if not queued[near]:
                queued[near] = True
                receiver[near] = lowest
                filled[near] = max(filled[near], level)
                heappush(queue, (float(filled[near]), near))
    return filled, receiver.astype(np.intp), np.array(order, dtype=np.intp)


def _steepest(filled: Doubles, tall: float, wide: Doubles) -> Indices:
    """The neighbour of the steepest fall; -1 where none is lower."""
    around = np.pad(filled, 1, constant_values=np.nan)
    rows, columns = filled.shape
    cells = np.arange(filled.size).reshape(filled.shape)
    best, found = np.zeros(filled.shape), np.full(filled.shape, -1, dtype=np.intp)
    for down, right in _NEIGHBOURS:
        near = around[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
        slope = (filled - near) / np.hypot(down * tall, right * wide)[:, np.newaxis]
        better = slope > best
        best = np.where(better, slope, best)
        found = np.where(better, cells + down * columns + right, found)
    return found.ravel()


def _at_sea(heights: Doubles) -> npt.NDArray[np.bool_]:
    """Cells beside one without height, within the grid."""
    sea = np.pad(np.isnan(heights), 1, constant_values=False)
    rows, columns = heights.shape
    near = np.zeros(heights.shape, dtype=bool)
    for down, right in _NEIGHBOURS:
        near |= sea[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
    return near


def _at_edge(heights: Doubles) -> npt.NDArray[np.bool_]:
    """Cells of the outermost rows and columns."""
    edge = np.ones(heights.shape, dtype=bool)
    edge[1:-1, 1:-1] = False
    return edge


def _spacing(elevation: xr.DataArray) -> tuple[float, Doubles]:
    """Height of the cells, and their width by row, m."""
    latitude = np.deg2rad(elevation["latitude"].values.astype(np.float64))
    longitude = np.deg2rad(elevation["longitude"].values.astype(np.float64))
    tall = EARTH_RADIUS_M * float(np.abs(np.diff(latitude)).mean())
    wide = EARTH_RADIUS_M * float(np.abs(np.diff(longitude)).mean()) * np.cos(latitude)
    return tall, wide
