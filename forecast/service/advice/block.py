"""A block of cells of a region, and what is asked of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.needing import Needs
from forecast.advise.profile.crop_profile import CropProfile
from forecast.service.answering import Beside
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts

CELLS: Final = ("latitude", "longitude")


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """A block of cells of a cycle's grid.

    Attributes:
        facts: of the cycle.
        rows: rows, step 1.
        columns: columns, step 1.
    """

    facts: CycleFacts
    rows: slice
    columns: slice

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start

    @cached_property
    def places(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Row and column of each cell [cell], row after row."""
        rows, columns = np.mgrid[self.rows, self.columns]
        return rows.ravel().astype(np.intp), columns.ravel().astype(np.intp)

    @cached_property
    def coordinates(self) -> dict[str, xr.Variable]:
        """Latitude, longitude and elevation of the cells."""
        grid, heights = self.facts.cycle.grid, self.facts.surface["elevation"]
        return {
            "latitude": xr.Variable(CELLS[:1], grid.latitudes[self.rows]),
            "longitude": xr.Variable(CELLS[1:], grid.longitudes[self.columns]),
            "elevation": xr.Variable(CELLS, heights[self.rows, self.columns], {"units": "m"}),
        }

    def spread(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values [cell, ...] on rows and columns."""
        return values.reshape(*self.shape, *values.shape[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of each block of a region.

    Attributes:
        profile: of the crop.
        needs: quantities, hours of the past, and whether the year around is needed.
        asked: the hours of any place of the region, with the cycle, and how far back.
        start: instant after which the hours begin.
        beside: the clock, earlier cycles, normals and past years.
        since: day from which the crop counts, where it was sown.
        frosts: whether past years are needed for the last frost.
    """

    profile: CropProfile
    needs: Needs
    asked: PointQuestion
    start: datetime
    beside: Beside
    since: date | None = None
    frosts: bool = False
