"""What the kernel reads and the buffers that it works in: tuples of plain arrays."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from forecast.downscale.lanes import LANES

PLAIN: Final = 0
LIFTED: Final = 1
CAPPED: Final = 2
HUMIDITY: Final = 3
PRESSURE: Final = 4
DIRECTION: Final = 5
GUST: Final = 6
SHARED: Final = 7
SUNLIT: Final = 8
WIND: Final = 9
WET_BULB: Final = 10
SNOW: Final = 11
LONGWAVE: Final = 12

SPARE_SLOTS: Final = 12
"""Scratch rows behind those of the outputs: quantities that others are derived from."""

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]


class Model(NamedTuple):
    """Predictors at the nodes; a node holds its rows of `steps` times one after the other.

    Attributes:
        values: float32 [node, row x steps].
        ratios: float32 [node, ratio x steps], closing ratios (see `forecast.downscale.rain`).
        term_weights: float32 [term, steps], of the terms of a correction.
        patchy: [node], 1 where values are missing at times when other nodes have them.
        inverted: [node], 1 where a gradient differs near the surface and far from it.
        elevation: float32 [node], m.
        groups: int64, first rows of the triples value, far gradient, near gradient.
        operations: int64 [operation, 6]: kind, row, slot, second slot, two inputs.
        limits: float32 [operation, 6]: low, high, scale of the slot and of the second one;
            the fourth number is the increase of precipitation with height (km-1), or the
            height difference (m) up to which a lifted value cannot leave the valid range; the
            fifth of a lifted value is the number of its terms of correction.
        steps: times, at least `LANES`.
        outputs: slots that are answered; the rest are scratch.
        lift: 1 to use height differences, 0 to leave them out.
        moist: 1 where the dew point is known.
    """

    values: Floats
    ratios: Floats
    term_weights: Floats
    patchy: npt.NDArray[np.uint8]
    inverted: npt.NDArray[np.uint8]
    elevation: Floats
    groups: Counts
    operations: Counts
    limits: Floats
    steps: int
    outputs: int
    lift: float
    moist: float


class Place(NamedTuple):
    """The cells of a tile [row, column] among the nodes.

    On a regular mesh (`separable`) `row_nodes` [row, 2] are the first nodes of the model rows
    south and north, `column_nodes` the model columns of the tile counted from there, `west` and
    `east` [column] the positions in `column_nodes`; shares are those of the north and the east.
    On other meshes `nodes` and `weights` [cell, 4], and `nearest` [cell].

    `shore` [cell], empty without any, is the place of a cell in `shore_nodes` and `shore_weights`
    [shore cell, 4], which weigh nodes by land and sea (see `forecast.downscale.coast`), or -1.
    `patterns` [cell, term] are those of a correction.
    """

    separable: bool
    row_nodes: Counts
    row_share: Floats
    column_nodes: Counts
    west: Counts
    east: Counts
    column_share: Floats
    nodes: npt.NDArray[np.int32]
    weights: Floats
    nearest: npt.NDArray[np.int32]
    shore: Counts
    shore_nodes: npt.NDArray[np.int32]
    shore_weights: Floats
    patterns: Floats
    elevation: Floats
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]


class Work(NamedTuple):
    """Pooled buffers of one thread.

    Attributes:
        columns: float32 [column, row x steps], nodes blended for a row of cells or for a cell.
        heights: float32 [column], model elevation of these, m.
        nearest: int64 [column], their nearest node.
        inverted: [column], 1 where a gradient differs near the surface and far from it.
        scratch: float32 [slot, steps].
        spare: int16 [steps], takes packed values that nobody asked for.
        places: int64 [9], the cell at work (see `forecast.downscale.frame`).
        shares: float32 [6], likewise.
        horizon: float64 [steps, 2], see `forecast.downscale.sun.set_horizon`.
    """

    columns: Floats
    heights: Floats
    nearest: Counts
    inverted: npt.NDArray[np.uint8]
    scratch: Floats
    spare: npt.NDArray[np.int16]
    places: Counts
    shares: Floats
    horizon: npt.NDArray[np.float64]


def workspace(model: Model, columns: int) -> Work:
    """Buffers for a tile that touches so many columns of nodes."""
    steps = max(model.steps, LANES)
    return Work(
        columns=np.zeros((columns, model.values.shape[1]), dtype=np.float32),
        heights=np.zeros(columns, dtype=np.float32),
        nearest=np.zeros(columns, dtype=np.int64),
        inverted=np.zeros(columns, dtype=np.int64),
        scratch=np.zeros((model.outputs + SPARE_SLOTS, steps), dtype=np.float32),
        spare=np.zeros(steps, dtype=np.int16),
        places=np.zeros(9, dtype=np.int64),
        shares=np.zeros(6, dtype=np.float32),
        horizon=np.zeros((steps, 2)),
    )


def fits(work: Work, model: Model, *, columns: int) -> bool:
    """Whether buffers serve a model and so many columns of nodes."""
    slots = model.outputs + SPARE_SLOTS
    return (
        work.columns.shape[1] == model.values.shape[1]
        and work.columns.shape[0] >= columns
        and work.scratch.shape == (slots, max(model.steps, LANES))
    )


def empty_place(**fields: Any) -> Place:
    """A place with the given fields, the others empty."""
    empty: dict[str, Any] = {
        "separable": False,
        "row_nodes": np.zeros((0, 2), dtype=np.int64),
        "row_share": np.zeros(0, dtype=np.float32),
        "column_nodes": np.zeros(0, dtype=np.int64),
        "west": np.zeros(0, dtype=np.int64),
        "east": np.zeros(0, dtype=np.int64),
        "column_share": np.zeros(0, dtype=np.float32),
        "nodes": np.zeros((0, 4), dtype=np.int32),
        "weights": np.zeros((0, 4), dtype=np.float32),
        "nearest": np.zeros(0, dtype=np.int32),
        "shore": np.zeros(0, dtype=np.int64),
        "shore_nodes": np.zeros((0, 4), dtype=np.int32),
        "shore_weights": np.zeros((0, 4), dtype=np.float32),
        "patterns": np.zeros((0, 0), dtype=np.float32),
    }
    return Place(**{**empty, **fields})
