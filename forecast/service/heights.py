"""The same downscaling applied to heights that somebody asks for."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.service.served import CycleFacts
from forecast.variables import pack
from grids.lookup import CellChoice


def counts_at_heights(
    facts: CycleFacts, asked: Sequence[tuple[CellChoice, float]]
) -> list[npt.NDArray[np.int16]]:
    """Packed counts [variable, time] of cells, as if their surface stood at other heights.

    The cycle's own model fields are downscaled once more, with the heights asked for in place
    of the cells'; at a cell's own height the published numbers come out.

    Args:
        facts: of the cycle.
        asked: cells and heights, m above sea level.

    Raises:
        StoreMissing: the cycle was published without its model fields.
    """
    # numba is loaded by the first question for a height, not by every reader
    from forecast import downscale  # noqa: PLC0415

    cycle = facts.cycle
    points = xr.Dataset(
        {"elevation": ("point", np.array([height for _, height in asked], dtype=np.float32))},
        coords={
            "latitude": ("point", [choice.latitude for choice, _ in asked]),
            "longitude": ("point", [choice.longitude for choice, _ in asked]),
        },
    )
    target = downscale.Target.points(points, terrain=facts.terrain)
    lifted = downscale.at_points(cycle.native(), target, variables=cycle.variables)
    columns = [pack(lifted[name].transpose("point", "time"), name) for name in cycle.variables]
    return list(np.stack(columns, axis=1))
