"""Hours of a block of cells in every member of a cycle, as `service.member_hours` of a place."""

import numpy as np
import numpy.typing as npt

from forecast.query.derived import derive, needs
from forecast.query.stretching import stretched
from forecast.service.served import CycleFacts
from forecast.times import hours_since, to_datetime64
from forecast.variables import derived, variable

Floats = npt.NDArray[np.float32]


class CellMembers:
    """Hours of cells in every member; hours that are past are alike in all of them.

    Args:
        facts: of the cycle.
        window: rows and columns of the block.
        times: hours, those that are past first [time], UTC.
        known: values of the single forecast at the hours up to the first of the cycle, that one
            included, in the order of its variables [cell, variable, time].

    Raises:
        InvalidRequest: the cycle is a single forecast.
        DamagedCycle: a record of a member fails its checksum.
    """

    def __init__(
        self,
        facts: CycleFacts,
        window: tuple[slice, slice],
        *,
        times: npt.NDArray[np.datetime64],
        known: Floats,
    ) -> None:
        members = facts.members.get()
        self.variables, self.numbers = members.variables, members.numbers
        self._published = facts.cycle.variables
        self._known = known
        self._times = times
        self._steps = np.intersect1d(members.times, times, return_indices=True)[1:]
        self._own = _stretched(facts, members.window(*window))

    def holds(self, name: str) -> bool:
        """Whether a published or derived variable can be had from the members."""
        return name in self.variables or (name in derived() and bool(needs(name, self.variables)))

    def of(self, name: str) -> Floats:
        """Values [cell, member, time] with the decimals that answers have.

        Args:
            name: that the members hold.
        """
        if name in self.variables:
            raw = self._raw(name)
        else:
            made = derive(name, {one: self._raw(one) for one in needs(name, self.variables)})
            raw = np.asarray(made, dtype=np.float32)
        scale = np.float64(variable(name).scale)
        return (np.rint(raw * scale) / scale).astype(np.float32)

    def _raw(self, name: str) -> Floats:
        """Values before rounding; those of the single forecast where members have none yet."""
        steps, places = self._steps
        own = self._own[:, :, self.variables.index(name)]
        values = np.full((*own.shape[:2], self._times.size), np.nan, dtype=np.float32)
        values[:, :, places] = own[:, :, steps]
        if name in self._published:
            until = self._known.shape[-1]
            given = self._known[:, np.newaxis, self._published.index(name)]
            before = values[:, :, :until]
            values[:, :, :until] = np.where(np.isnan(before), given, before)
        return values


def _stretched(facts: CycleFacts, window: Floats) -> Floats:
    """Members [row, column, member, variable, time] as [cell, ...], with the spread of errors."""
    own = window.reshape(-1, *window.shape[2:])
    found = () if facts.calibration is None else facts.calibration.members
    if not any(one.applied for one in found):
        return own
    members = facts.members.get()
    leads = hours_since(members.times, to_datetime64(facts.cycle.reference_time))
    cells, count, variables, hours = own.shape
    # cells beside each other along time: members are compared at each place and hour alone
    row = own.transpose(1, 2, 0, 3).reshape(count, variables, cells * hours)
    moved = stretched(row, found, variables=members.variables, leads_h=np.tile(leads, cells))
    return moved.reshape(count, variables, cells, hours).transpose(2, 0, 1, 3)
