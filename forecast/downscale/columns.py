"""First half of the kernel: from nodes to the one or two columns around a cell."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from forecast.downscale.layout import Model, Place, Work
from forecast.downscale.rows import mix_four, mix_two

MINIMUM_WEIGHT: Final = 0.5
"""Below this share of valid weight a value is missing."""


@njit(nogil=True)
def blend_columns(model: Model, place: Place, work: Work, j: int) -> None:
    """Blend the model rows south and north of a row of cells, for every column of nodes."""
    size = model.values.shape[1]
    north = place.row_share[j]
    south = np.float32(1.0) - north
    for column in range(place.column_nodes.size):
        below = place.row_nodes[j, 0] + place.column_nodes[column]
        above = place.row_nodes[j, 1] + place.column_nodes[column]
        mix_two(
            size,
            (
                model.values.ctypes.data + below * size * 4,
                model.values.ctypes.data + above * size * 4,
                work.columns.ctypes.data + column * size * 4,
            ),
            (south, north),
        )
        work.heights[column] = south * model.elevation[below] + north * model.elevation[above]
        work.inverted[column] = model.inverted[below] | model.inverted[above]
        work.nearest[column] = above if north > np.float32(0.5) else below


@njit(nogil=True)
def blend_cell(model: Model, work: Work, around: Any, column: int) -> None:
    """Blend four nodes into a column.

    Args:
        model: predictors.
        work: buffers.
        around: the nodes, their weights and the nearest one.
        column: where to.
    """
    size = model.values.shape[1]
    nodes, weights, nearest = around
    height = np.float32(0.0)
    inverted = np.uint8(0)
    patchy = np.uint8(0)
    for corner in range(4):
        height += weights[corner] * model.elevation[nodes[corner]]
        inverted |= model.inverted[nodes[corner]]
        patchy |= model.patchy[nodes[corner]]
    work.heights[column] = height
    work.inverted[column] = inverted
    work.nearest[column] = nearest
    if patchy:
        _blend_known(model, work, (nodes, weights), column)
        return
    base = model.values.ctypes.data
    mix_four(
        size,
        (
            base + nodes[0] * size * 4,
            base + nodes[1] * size * 4,
            base + nodes[2] * size * 4,
            base + nodes[3] * size * 4,
            work.columns.ctypes.data + column * size * 4,
        ),
        (weights[0], weights[1], weights[2], weights[3]),
    )


@njit(nogil=True)
def _blend_known(model: Model, work: Work, around: Any, column: int) -> None:
    """Blend what is known of four nodes: a missing one gives its weight to the others.

    A lifted quantity is first brought from the height of the nodes that are left to the height
    of all four, along its own gradient.
    """
    nodes, weights = around
    values, blended = model.values, work.columns[column]
    for position in range(values.shape[1]):
        total, known = 0.0, 0.0
        for corner in range(4):
            value = values[nodes[corner], position]
            if not np.isnan(value):
                total += weights[corner] * value
                known += weights[corner]
        missing = known < MINIMUM_WEIGHT
        blended[position] = np.nan if missing else total / known
    for group in range(model.groups.size):
        first = model.groups[group] * model.steps
        for time in range(model.steps):
            height, known = 0.0, 0.0
            for corner in range(4):
                if not np.isnan(values[nodes[corner], first + time]):
                    height += weights[corner] * model.elevation[nodes[corner]]
                    known += weights[corner]
            if known > 0.0:
                gradient = blended[first + 2 * model.steps + time]
                blended[first + time] += gradient * (work.heights[column] - height / known)
