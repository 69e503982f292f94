"""The cells of a coarse grid over fine ones: errors of their amounts and inside them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

from tests.support.alps import RawField

Values = npt.NDArray[np.float64]


class Parts(NamedTuple):
    """A mean square error, mm², as a sum: of the cells' means and of the departures from these."""

    amounts: float
    inside: float

    @property
    def whole(self) -> float:
        return self.amounts + self.inside


@dataclass(frozen=True)
class Cells:
    """The whole coarse cells on axes of fine ones: positions of the fine cells, so many a side."""

    rows: slice
    columns: slice
    side: int

    def means(self, fine: Values) -> Values:
        """Means over the coarse cells [coarse row, coarse column]."""
        part = fine[self.rows, self.columns]
        rows, columns = (size // self.side for size in part.shape)
        return part.reshape(rows, self.side, columns, self.side).mean(axis=(1, 3))

    def departures(self, fine: Values) -> Values:
        """Fine values less the mean of their coarse cell, over the whole cells."""
        means = self.means(fine).repeat(self.side, axis=0).repeat(self.side, axis=1)
        return np.asarray(fine[self.rows, self.columns] - means)

    def parts(self, fine: Values, truth: Values) -> Parts:
        error = fine - truth
        return Parts(
            float(np.mean(self.means(error) ** 2)), float(np.mean(self.departures(error) ** 2))
        )

    def explained(self, patterns: list[Values], truth: Values) -> float:
        """Share of the truth's variance inside the cells that patterns fitted to it explain."""
        wanted = self.departures(truth).ravel()
        table = np.stack([self.departures(pattern).ravel() for pattern in patterns], axis=1)
        table /= table.std(axis=0)
        fitted = table @ np.linalg.lstsq(table, wanted, rcond=None)[0]
        return 1.0 - float(np.mean((wanted - fitted) ** 2) / np.mean(wanted**2))


def on_fine_cells(field: RawField, latitude: Values, longitude: Values) -> Values:
    """Means over fine cells of a field that is constant over each of its own cells.

    The edges of its cells must fall on quarters of the fine ones.
    """
    pieces = [quarters(axis, own) for axis, own in
              ((latitude, field.latitude), (longitude, field.longitude))]  # fmt: skip
    fine = field.values[np.ix_(*pieces)]
    return fine.reshape(latitude.size, 4, longitude.size, 4).mean(axis=(1, 3))


def quarters(centres: Values, nodes: Values) -> npt.NDArray[np.intp]:
    """The node nearest to the middle of each quarter of the fine cells on an axis."""
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    middles = centres[:, np.newaxis] + step * (np.arange(4) - 1.5) / 4.0
    return closest(nodes, middles.ravel())


def closest(nodes: Values, centres: Values) -> npt.NDArray[np.intp]:
    """Position of the node nearest to each centre on an even axis."""
    step = (nodes[-1] - nodes[0]) / (nodes.size - 1)
    place = np.round((centres - nodes[0]) / step).astype(np.intp)
    return np.clip(place, 0, nodes.size - 1)


def shapes_of_terrain(elevation: Values) -> list[Values]:
    """Height, and the heights and slopes of terrain averaged over 5 and 9 cells."""
    height = np.nan_to_num(elevation.astype(np.float64), nan=0.0)
    shapes = [height]
    for width in (5, 9):
        smoothed = uniform_filter(height, width, mode="nearest")
        shapes += [smoothed, *np.gradient(smoothed)]
    return shapes
