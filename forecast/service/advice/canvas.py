"""Maps of a region, judged block by block in threads."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import dask
import numpy as np
import xarray as xr

from forecast.advise.grading import grade_maps
from forecast.advise.situation import Situation
from forecast.service.advice.block import Cells, Wanted
from forecast.service.advice.cells import weather_of_cells
from forecast.service.served import CycleFacts
from forecast.store.execution import execute, thread_count

BLOCK_BYTES: Final = 96 << 20
"""Members of a block in memory; what is made of them is a few times that."""

LARGEST_EDGE: Final = 32
"""Cells along a block where there are no members: its past days are a few hundred megabytes."""

DEADLINE_S: Final = 86_400.0
VALUE_BYTES: Final = 4

Report = Callable[[str, int, int], None]


class Canvas:
    """The maps of a region on their way; blocks are put in from several threads.

    Args:
        wanted: what is asked of each block.
        situation: what is known of the fields, alike in all cells.
        window: rows and columns of the cycle's grid.

    Attributes:
        season: where the days of the year around the forecast are from, once a block is done.
    """

    def __init__(
        self, wanted: Wanted, situation: Situation, *, window: tuple[slice, slice]
    ) -> None:
        self._wanted = wanted
        self._situation = situation
        self._window = window
        self._fields: dict[str, xr.Variable] = {}
        self._coords: dict[str, xr.Variable] = {}
        self._attrs: dict[str, Any] = {}
        self._begun = threading.Lock()
        self.season: dict[str, Any] | None = None

    def draw(self, facts: CycleFacts, *, report: Report | None = None) -> None:
        """Judge all blocks, in threads; the first error or an interrupt ends it.

        Args:
            facts: of the cycle.
            report: called with (stage, done, total) cells as blocks are done.
        """
        blocks = list(_blocks(self._window, edge=_edge(facts)))
        rows, columns = self._window
        cells = (rows.stop - rows.start) * (columns.stop - columns.start)
        block = dask.delayed(self._block, pure=False)

        def progress(done: int) -> None:
            if report is not None:
                report("judging cells", cells * done // len(blocks), cells)

        tasks = (block(facts, *one) for one in blocks)
        execute(tasks, deadline_s=DEADLINE_S, progress=progress)

    def dataset(self, facts: CycleFacts) -> xr.Dataset:
        """The maps, with the coordinates of all cells.

        Args:
            facts: of the cycle.
        """
        cells = Cells(facts=facts, rows=self._window[0], columns=self._window[1])
        coords = {**self._coords, **cells.coordinates}
        return xr.Dataset(self._fields, coords=coords, attrs=self._attrs)

    def _block(self, facts: CycleFacts, rows: slice, columns: slice) -> None:
        weather = weather_of_cells(Cells(facts=facts, rows=rows, columns=columns), self._wanted)
        maps = grade_maps(self._wanted.profile, weather, situation=self._situation)
        with self._begun:
            if not self._fields:
                self._begin(maps, None if weather.season is None else dict(weather.season.about))
        down, across = (
            slice(part.start - whole.start, part.stop - whole.start)
            for part, whole in zip((rows, columns), self._window, strict=True)
        )
        for name, field in maps.data_vars.items():
            self._fields[str(name)].values[..., down, across] = field.values

    def _begin(self, maps: xr.Dataset, season: dict[str, Any] | None) -> None:
        """Make room for all cells, once the first block tells what there will be."""
        self.season, self._attrs = season, maps.attrs
        shape = tuple(part.stop - part.start for part in self._window)
        cells = {"latitude", "longitude"}
        for name, field in maps.data_vars.items():
            whole = np.empty((*field.shape[:-2], *shape), dtype=field.dtype)
            self._fields[str(name)] = xr.Variable(field.dims, whole, field.attrs)
        self._coords = {
            str(name): coord.variable
            for name, coord in maps.coords.items()
            if cells.isdisjoint(coord.dims)
        }


def _blocks(window: tuple[slice, slice], *, edge: int) -> Iterator[tuple[slice, slice]]:
    rows, columns = window
    for row in range(rows.start, rows.stop, edge):
        for column in range(columns.start, columns.stop, edge):
            yield (
                slice(row, min(row + edge, rows.stop)),
                slice(column, min(column + edge, columns.stop)),
            )


def _edge(facts: CycleFacts) -> int:
    """Cells along a block, so that its members fit into memory beside those of other threads."""
    cycle = facts.cycle
    cell = facts.members.count * len(cycle.variables) * len(cycle.times) * VALUE_BYTES
    share = max(BLOCK_BYTES // max(thread_count() // 2, 1) // cell, 1)
    return int(min(max(np.sqrt(share), 1.0), LARGEST_EDGE))
