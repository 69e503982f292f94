"""All members of an ensemble at a place, in one run of the kernel.

The kernel does not know what its times are. So the plans of the members are laid one behind the
other along time: what one member is for 360 hours, 51 members are for 18 360. Each member is
prepared by itself (gradients and rain amounts are its own), its predictors are kept node by node
by the store, and a question for a cell needs the records of the nodes around it alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import dask
import dask.array as da
import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.block import Block, MeshAxes
from forecast.downscale.lanes import LANES
from forecast.downscale.plan import NODAL, Plan
from forecast.downscale.stacking import DESCRIBED, STREAMS
from forecast.downscale.tiles import compute_tile_values
from forecast.errors import UnknownName
from forecast.fields import STEP_FLAG, describe
from forecast.store import Ensemble
from grids.errors import OutsideGrid

TILE_CELLS: Final = 8
"""Rows and columns of a lazy tile: 60 MB with 51 members, 13 variables and 360 hours."""

_ALL: Final = slice(None)

Floats = npt.NDArray[np.float32]


class Members:
    """The members of a published cycle at its cells; safe to use from many threads.

    Args:
        ensemble: of the cycle.

    Attributes:
        variables: names, in the order of the values.
        numbers: member numbers, in the order of the values; 0 is the control.
        times: valid times [time], datetime64[ns] UTC.
        step_flag: origin of each step [variable, time]: 0 model, 1 interpolated, 2 missing.

    Raises:
        DamagedCycle: what the members share is gone or changed.
    """

    def __init__(self, ensemble: Ensemble) -> None:
        static = dict(ensemble.static)
        text = static.pop(DESCRIBED).tobytes().decode()
        self.step_flag = static.pop(STEP_FLAG)
        plan = Plan.from_arrays(text, static)
        self._ensemble = ensemble
        self.variables = plan.variables
        self.numbers = ensemble.layout.members
        self.times = plan.times
        self._single = plan
        self._plan = _side_by_side(plan, len(self.numbers), hours=_ALL)
        self._axes = MeshAxes.of(self._plan)

    def at(self, row: int, column: int, *, elevation: float | None = None) -> Floats:
        """Values of all members at a cell, float32 [member, variable, time], NaN where missing.

        Args:
            row: of the region's grid, from the south.
            column: from the west.
            elevation: m above sea level in place of the cell's own height.

        Raises:
            OutsideGrid: the region has no such cell.
            DamagedCycle: a record fails its checksum.
        """
        cells = slice(row, row + 1), slice(column, column + 1)
        if row < 0 or column < 0:
            raise OutsideGrid(f"cell ({row}, {column}) was asked; rows and columns count from 0")
        return self.window(*cells, elevation=elevation)[0, 0]

    def window(
        self,
        rows: slice,
        columns: slice,
        *,
        elevation: float | None = None,
        hours: slice = _ALL,
    ) -> Floats:
        """Values of all members in a window, float32 [row, column, member, variable, time].

        Args:
            rows: of the region's grid, step 1.
            columns: likewise.
            elevation: m above sea level in place of the cells' own heights.
            hours: of `times`, step 1; fewer hours are less work.

        Raises:
            OutsideGrid: the window does not lie in the region's grid.
            DamagedCycle: a record fails its checksum.
        """
        self._refuse_outside(rows, columns)
        plan = self._plan
        if hours != _ALL:
            plan = _side_by_side(self._single, len(self.numbers), hours=hours)
        small = self._filled(plan, self._axes.block(rows, columns), hours=hours)
        if elevation is not None:
            heights = plan.elevation.copy()
            heights[rows, columns] = np.float32(elevation)
            small = replace(small, elevation=heights)
        values = compute_tile_values(small, rows=rows, columns=columns)
        shape = (*values.shape[:3], len(self.numbers), self.times[hours].size)
        return values.reshape(shape).swapaxes(2, 3)

    def dataset(
        self, rows: slice, columns: slice, *, variables: Sequence[str] | None = None
    ) -> xr.Dataset:
        """The members in a window, lazily by tiles of 8 x 8 cells, for statistics of areas.

        Args:
            rows: of the region's grid, step 1.
            columns: likewise.
            variables: names, or None for all.

        Returns:
            float32 on realization, time, latitude, longitude; nothing computed yet.

        Raises:
            OutsideGrid: the window does not lie in the region's grid.
            UnknownName: the members do not hold a variable.
        """
        self._refuse_outside(rows, columns)
        names = self.variables if variables is None else tuple(variables)
        for name in names:
            if name not in self.variables:
                raise UnknownName(
                    f"variable {name!r} of the members was asked; they hold"
                    f" {', '.join(self.variables)}"
                )
        stack = self._lazily(rows, columns)
        dims = ("realization", "time", "latitude", "longitude")
        fields = {
            name: (dims, stack[:, :, :, self.variables.index(name)].transpose(2, 3, 0, 1))
            for name in names
        }
        axes = {
            "realization": list(self.numbers),
            "time": self.times,
            "latitude": self._plan.latitude[rows],
            "longitude": self._plan.longitude[columns],
        }
        return describe(xr.Dataset(fields, coords=axes))

    def _lazily(self, rows: slice, columns: slice) -> da.Array:
        """The window [row, column, member, variable, time], one task a tile."""
        tile = dask.delayed(self.window, pure=False)
        deep = len(self.numbers), len(self.variables), self.times.size
        lines = [
            [
                da.from_delayed(
                    tile(down, across),
                    (down.stop - down.start, across.stop - across.start, *deep),
                    dtype=np.float32,
                )
                for across in _parts(columns)
            ]
            for down in _parts(rows)
        ]
        return da.concatenate([da.concatenate(line, axis=1) for line in lines], axis=0)

    def _filled(self, plan: Plan, block: Block, *, hours: slice) -> Plan:
        """The plan on a block of the mesh with the predictors of all members."""
        shape = self._axes.shape
        nodes = block.of(np.arange(shape[0] * shape[1]), shape)
        steps = max(plan.steps, LANES)
        fields = self._ensemble.read(nodes, place=_POOL.array)
        streams: dict[str, Any] = {
            name: _padded(values[..., hours].reshape(*values.shape[:2], -1), steps)
            for name, values in fields.items()
        }
        rest: dict[str, Any] = {
            name: block.of(getattr(plan, name), shape) for name in NODAL if name not in STREAMS
        }
        return replace(
            plan,
            **streams,
            **rest,
            mesh_longitude=plan.mesh_longitude[block.columns],
            mesh_latitude=plan.mesh_latitude[block.rows],
        )

    def _refuse_outside(self, rows: slice, columns: slice) -> None:
        for name, part, size in (
            ("rows", rows, len(self._axes.rows)),
            ("columns", columns, len(self._axes.columns)),
        ):
            start, stop, step = part.indices(size)
            if (start, stop, step) != (part.start, part.stop, 1) or stop <= start:
                raise OutsideGrid(
                    f"{name} {part.start}:{part.stop} were asked; the grid has {size}, counted"
                    " from 0"
                )


def _side_by_side(plan: Plan, count: int, *, hours: slice) -> Plan:
    """The plan of a member at some hours, laid one behind the other for so many members."""
    times = plan.times[hours]
    weights = plan.term_weights[:, : plan.steps][:, hours]
    angles = np.tile(plan.sun_angles[: plan.steps][hours], (count, 1))
    padding = max(LANES - count * times.size, 0)
    return replace(
        plan,
        times=np.tile(times, count),
        term_weights=_padded(np.tile(weights, count), LANES),
        sun_angles=np.pad(angles, ((0, padding), (0, 0)), mode="edge"),
    )


def _parts(cells: slice) -> list[slice]:
    starts = range(cells.start, cells.stop, TILE_CELLS)
    return [slice(start, min(start + TILE_CELLS, cells.stop)) for start in starts]


class _Pool(threading.local):
    """The predictors of the last question of each thread: fresh memory costs more than reading."""

    def __init__(self) -> None:
        self.held: dict[str, Floats] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> Floats:
        """An array of a field to fill; what it held before is lost."""
        size = int(np.prod(shape))
        if name not in self.held or self.held[name].size < size:
            self.held[name] = np.empty(size, dtype=np.float32)
        return self.held[name][:size].reshape(shape)


_POOL = _Pool()


def _padded(rows: Floats, steps: int) -> Floats:
    """Rows of at least so many steps: the kernel works on whole vectors."""
    lacking = steps - rows.shape[-1]
    if lacking <= 0:
        return rows
    ends = [(0, 0)] * (rows.ndim - 1)
    return np.pad(rows, (*ends, (0, lacking)), mode="edge")
