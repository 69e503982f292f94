"""Quantiles over the members at one hour in all cells of a region, as answers have them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from forecast.query.ensemble import quantiles
from forecast.query.stretching import stretched
from forecast.service.served import CycleFacts
from forecast.service.spread import DEFINITION
from forecast.times import hours_since, to_datetime64
from forecast.variables import FILL, pack, variable

if TYPE_CHECKING:
    from forecast.downscale.members import Members

LEVELS: Final = (10, 50, 90)
OFFERED: Final = (
    "temperature_2m",
    "precipitation",
    "wind_speed_10m",
    "relative_humidity_2m",
)
"""Variables whose quantiles a map shows."""

BAND_BYTES: Final = 96 << 20
"""Members of a band of rows in memory."""

_VALUE_BYTES: Final = 4

Counts = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]


def quantile_counts(facts: CycleFacts, names: Sequence[str], *, step: int) -> Counts:
    """Packed quantiles [variable, level, row from the south, column] at one hour.

    Members are stretched, rounded and ordered as for a place.

    Args:
        facts: of the cycle.
        names: variables, held by the members.
        step: of the cycle.

    Raises:
        DamagedCycle: a record of a member fails its checksum.
    """
    members, cycle = facts.members.get(), facts.cycle
    (found,) = np.nonzero(members.times == cycle.times[step])
    counts = np.full((len(names), len(LEVELS), *cycle.grid.shape), FILL, dtype=np.int16)
    if found.size == 0:
        return counts
    hour = slice(int(found[0]), int(found[0]) + 1)
    for rows in _bands(cycle.grid.shape, members):
        values = _stretched(facts, members, rows, hour)
        for place, name in enumerate(names):
            own = values[:, members.variables.index(name)]
            scale = np.float64(variable(name).scale)
            rounded = (np.rint(own * scale) / scale).astype(np.float32)
            told = quantiles(rounded, [level / 100.0 for level in LEVELS], definition=DEFINITION)
            counts[place, :, rows] = pack(told, name).reshape(len(LEVELS), -1, cycle.grid.columns)
    return counts


def _bands(shape: tuple[int, int], members: "Members") -> Iterator[slice]:
    """Rows, so that the members in them fit into memory."""
    rows, columns = shape
    row = columns * len(members.numbers) * len(members.variables) * _VALUE_BYTES
    height = max(BAND_BYTES // row, 1)
    return (slice(south, min(south + height, rows)) for south in range(0, rows, height))


def _stretched(facts: CycleFacts, members: "Members", rows: slice, hour: slice) -> Floats:
    """Members at one hour [member, variable, cell], with the spread of their errors."""
    columns = slice(0, facts.cycle.grid.columns)
    values = members.window(rows, columns, hours=hour)[..., 0]
    own = values.reshape(-1, *values.shape[2:]).transpose(1, 2, 0)
    found = () if facts.calibration is None else facts.calibration.members
    if not any(one.applied for one in found):
        return own
    lead = hours_since(members.times[hour], to_datetime64(facts.cycle.reference_time))
    # cells stand along time: members are compared at each place alone
    leads = np.repeat(lead, own.shape[-1])
    return stretched(own, found, variables=members.variables, leads_h=leads)
