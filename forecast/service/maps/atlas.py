"""Tiles of all regions of a service; the first region that covers a place shows it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from forecast.errors import InvalidRequest, StoreError, UnknownName, ZhitianError
from forecast.service.maps import relief
from forecast.service.maps.grading import GradedBlocks
from forecast.service.maps.held import Held
from forecast.service.maps.mercator import OUTSIDE, Tile, cells_under
from forecast.service.maps.picture import Easel, Entries, Indices, Part, Picture
from forecast.service.maps.planes import Counts, Planes
from forecast.service.maps.quantiles import LEVELS
from forecast.service.maps.scales import scale_of, table_of
from forecast.service.served import CycleFacts, ServedRegion
from forecast.times import iso, to_datetime64

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

MOST_RELIEF_BYTES: Final = 64 << 20

Draw = Callable[[CycleFacts, Indices, Indices], Part]
"""Entries or counts [row, column] for rows and columns of cells."""


class Atlas:
    """Draws tiles; safe to use from any number of threads.

    Args:
        service: with its regions.

    Attributes:
        grades: of advice, block by block.
    """

    def __init__(self, service: "ForecastService") -> None:
        self._service = service
        self._planes = Planes()
        self._relief = Held(most_bytes=MOST_RELIEF_BYTES)
        self.grades = GradedBlocks(service)

    def variable(
        self,
        tile: Tile,
        name: str,
        *,
        time: datetime,
        level: int | None = None,
        cycles: Sequence[str] = (),
    ) -> Picture:
        """A variable at an hour, or a quantile of it over the members.

        Args:
            tile: of the web map.
            name: variable.
            time: hour of the cycle, UTC.
            level: 10, 50 or 90, percent; None for the single forecast.
            cycles: names of cycles; each region shows the one that it has, else its current one.

        Raises:
            UnknownName: no region under the tile has the variable, the hour or the cycle.
            InvalidRequest: a quantile that is not offered.
            StoreError: nothing whole is published for the regions under the tile.
        """
        scale, table = scale_of(name), table_of(name)
        plane_of = self._planes_of(name, time=time, level=level)

        def draw(facts: CycleFacts, rows: Indices, columns: Indices) -> Entries:
            return table[plane_of(facts)[rows][:, columns].view(np.uint16)]

        easel = Easel()
        shown, missing = self._paint(easel, tile, draw, cycles=cycles)
        return Picture(body=easel.png(scale.palette), shown=shown, missing=missing)

    def counts(
        self,
        tile: Tile,
        name: str,
        *,
        time: datetime,
        level: int | None = None,
        cycles: Sequence[str] = (),
    ) -> Picture:
        """The packed counts that `variable` draws, in the same pixels; see there."""
        scale_of(name)
        plane_of = self._planes_of(name, time=time, level=level)

        def draw(facts: CycleFacts, rows: Indices, columns: Indices) -> Counts:
            return plane_of(facts)[rows][:, columns]

        easel = Easel(counts=True)
        shown, missing = self._paint(easel, tile, draw, cycles=cycles)
        return Picture(body=easel.counts(), shown=shown, missing=missing)

    def _planes_of(
        self, name: str, *, time: datetime, level: int | None
    ) -> Callable[[CycleFacts], Counts]:
        """What gives the field of an hour, or of a quantile at it, out of a cycle.

        Raises:
            InvalidRequest: a quantile that is not offered.
        """
        if level is not None and level not in LEVELS:
            allowed = ", ".join(map(str, LEVELS))
            raise InvalidRequest(f"quantile {level} was asked; allowed on a map are {allowed}")

        def plane(facts: CycleFacts) -> Counts:
            step = _step(facts, time)
            if level is None:
                return self._planes.values(facts, name, step=step)
            return self._planes.quantile(facts, name, step=step, level=level)

        return plane

    def hillshade(self, tile: Tile, *, cycles: Sequence[str] = ()) -> Picture:
        """Relief of the regions under a tile, smooth between the cells; see `variable`."""

        def draw(facts: CycleFacts, rows: Indices, columns: Indices) -> Entries:
            del rows, columns  # the cells around count too
            grid, heights = facts.cycle.grid, facts.surface["elevation"]
            key = facts.cycle.manifest_sha256, "light"
            light = self._relief.get(key, lambda: relief.hillshade(heights, grid))
            return relief.shades_of(tile, light.view(np.float32), grid=grid)

        easel = Easel()
        shown, missing = self._paint(easel, tile, draw, cycles=cycles)
        return Picture(body=easel.png(relief.shade_palette()), shown=shown, missing=missing)

    def water(self, tile: Tile, *, cycles: Sequence[str] = ()) -> Picture:
        """Cells under a tile with more water than land; see `variable`."""

        def draw(facts: CycleFacts, rows: Indices, columns: Indices) -> Entries:
            return relief.water_cells(facts.surface["land_fraction"][rows][:, columns])

        easel = Easel()
        shown, missing = self._paint(easel, tile, draw, cycles=cycles)
        return Picture(body=easel.png(relief.water_palette()), shown=shown, missing=missing)

    def _under(self, tile: Tile) -> list[ServedRegion]:
        return [served for served in self._service.served if tile.touches(served.bounds)]

    def _paint(
        self, easel: Easel, tile: Tile, draw: Draw, *, cycles: Sequence[str]
    ) -> tuple[dict[str, CycleFacts], dict[str, str]]:
        """Draw each region under a tile; what one cannot show is told if another can.

        Returns:
            Facts of the cycles that are drawn, and why others are not, by region.
        """
        shown: dict[str, CycleFacts] = {}
        faults: dict[str, ZhitianError] = {}

        def work(facts: CycleFacts) -> None:
            places = cells_under(tile, facts.cycle.grid)
            pixels = [np.flatnonzero(one != OUTSIDE) for one in places]
            cells = [one[own] for one, own in zip(places, pixels, strict=True)]
            if all(one.size for one in cells):
                easel.paint(draw(facts, *cells), rows=pixels[0], columns=pixels[1])
            shown[name] = facts

        for served in reversed(self._under(tile)):
            name = served.region.name
            try:
                cycle = _named(served, cycles)
                served.answer(work, cycle=cycle)
            except (InvalidRequest, StoreError) as error:
                faults[name] = error
        if faults and not shown:
            raise next(reversed(faults.values()))
        return shown, {name: str(error) for name, error in faults.items()}


def _named(served: ServedRegion, cycles: Sequence[str]) -> str | None:
    """The one of the cycles that a region has; None for its current one where none is named.

    Raises:
        UnknownName: cycles are named and it has none of them.
    """
    if not cycles:
        return None
    held = {entry.cycle_id for entry in served.store.published()}
    for name in cycles:
        if name in held:
            return name
    raise UnknownName(
        f"cycle {', '.join(cycles)} was asked; region {served.region.name} has"
        f" {', '.join(sorted(held)) or 'none'}"
    )


def _step(facts: CycleFacts, time: datetime) -> int:
    """Step of an hour.

    Raises:
        UnknownName: the cycle does not have it.
    """
    times, wanted = facts.cycle.times, to_datetime64(time)
    place = int(np.searchsorted(times, wanted))
    if place == times.size or times[place] != wanted:
        raise UnknownName(
            f"time {iso(time)} was asked; cycle {facts.cycle.id} has the hours {iso(times[0])} to"
            f" {iso(times[-1])}"
        )
    return place
