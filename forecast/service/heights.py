"""The same downscaling applied to heights that somebody asks for."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.store import Cycle
from forecast.variables import pack
from grids.lookup import CellChoice


def counts_at_heights(
    cycle: Cycle, asked: Sequence[tuple[CellChoice, float]]
) -> list[npt.NDArray[np.int16]]:
    """Packed counts [variable, time] of cells, as if their surface stood at other heights.

    The cycle's own model fields are downscaled once more, with the heights asked for in place
    of the cells', and what observations corrected is corrected alike; at a cell's own height the
    published numbers come out.

    Args:
        cycle: with its model fields, its terrain and, where it was corrected, its correction.
        asked: cells and heights, m above sea level.

    Raises:
        StoreMissing: the cycle was published without its model fields.
    """
    # numba is loaded by the first question for a height, not by every reader
    from forecast import downscale  # noqa: PLC0415

    points = xr.Dataset(
        {"elevation": ("point", np.array([height for _, height in asked], dtype=np.float32))},
        coords={
            "latitude": ("point", [choice.latitude for choice, _ in asked]),
            "longitude": ("point", [choice.longitude for choice, _ in asked]),
        },
    )
    target = downscale.Target.points(points, terrain=cycle.terrain())
    lifted = downscale.at_points(
        cycle.native(),
        target,
        variables=cycle.variables,
        correction=cycle.calibration() if cycle.has("calibration") else None,
    )
    columns = [pack(lifted[name].transpose("point", "time"), name) for name in cycle.variables]
    return list(np.stack(columns, axis=1))
