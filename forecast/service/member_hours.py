"""The hours of one place in every member of a cycle."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.emos import LeadEmos
from forecast.errors import InvalidRequest
from forecast.query.derived import derive, needs
from forecast.query.stretching import FOLLOWING, stretched
from forecast.service.calendar import Case
from forecast.service.calibration import UNCORRECTED
from forecast.service.records import Record
from forecast.service.served import CycleFacts
from forecast.times import hours_since, to_datetime64
from forecast.variables import derived, variable

NOT_TOLD: Final = "the cycle tells nothing of the errors of its members"

Floats = npt.NDArray[np.float32]


class MemberHours:
    """The hours of a record in every member; hours that are past are alike in all of them.

    Members have the spread that their errors were found to have, where the cycle tells it.

    Args:
        facts: of the cycle.
        case: the question with its record and cell.

    Raises:
        InvalidRequest: the cycle is a single forecast.
        DamagedCycle: a record of a member fails its checksum.
    """

    def __init__(self, facts: CycleFacts, case: Case) -> None:
        members, record = facts.members.get(), case.record
        self.variables = members.variables
        self.count = len(members.numbers)
        self.times = record.times
        self.past = record.past
        own = stretched(
            members.at(case.choice.row, case.choice.column, elevation=case.question.elevation),
            () if facts.calibration is None else facts.calibration.members,
            variables=self.variables,
            leads_h=hours_since(members.times, to_datetime64(facts.cycle.reference_time)),
        )
        shape = (self.count, len(self.variables), len(self.times))
        self._values = np.full(shape, np.nan, dtype=np.float32)
        held, steps, places = np.intersect1d(members.times, self.times, return_indices=True)
        del held
        self._values[:, :, places] = own[:, :, steps]
        if record.timeline is not None:
            self._complete(record)
        self._rounded: dict[str, Floats] = {}

    def holds(self, name: str) -> bool:
        """Whether a published or derived variable can be had from the members."""
        return name in self.variables or (name in derived() and bool(needs(name, self.variables)))

    def of(self, name: str) -> Floats:
        """Values [member, time] with the decimals that answers have: both speak of one number.

        Raises:
            InvalidRequest: the members do not hold the variable.
        """
        if not self.holds(name):
            raise InvalidRequest(
                f"the members' {name} was asked; they hold {', '.join(self.variables)}"
            )
        if name not in self._rounded:
            raw = self._raw(name) if name in self.variables else self._derived(name)
            scale = np.float64(variable(name).scale)
            self._rounded[name] = (np.rint(raw * scale) / scale).astype(np.float32)
        return self._rounded[name]

    def _raw(self, name: str) -> Floats:
        return np.asarray(self._values[:, self.variables.index(name)])

    def _derived(self, name: str) -> Floats:
        made = derive(name, {one: self._raw(one) for one in needs(name, self.variables)})
        return np.asarray(made, dtype=np.float32)

    def _complete(self, record: Record) -> None:
        """Put the hours that are past before those of every member; sums at the start too."""
        until = record.past + 1
        known = record.cycle.unpack(record.counts[:, :until])
        for place, name in enumerate(self.variables):
            if name in record.cycle.variables:
                given = known[record.cycle.variables.index(name)]
                before = self._values[:, place, :until]
                self._values[:, place, :until] = np.where(np.isnan(before), given, before)


def stretching_passport(facts: CycleFacts) -> dict[str, Any]:
    """What an answer says of the spread of its members: by what it was changed, or why not.

    Args:
        facts: of the cycle.
    """
    if facts.calibration is None:
        return dict(UNCORRECTED)
    spans = facts.calibration.members
    if not spans:
        refused = facts.calibration.members_refused
        return {"applied": False, "reason": "; ".join(refused) or NOT_TOLD}
    told: dict[str, list[dict[str, Any]]] = {}
    for one in spans:
        told.setdefault(one.variable, []).append(_told(one))
    applied = any(one.applied for one in spans)
    return {
        "applied": applied,
        "variables": told,
        "following": list(FOLLOWING) if applied else [],
    }


def _told(one: LeadEmos) -> dict[str, Any]:
    """One span of leads: what hidden days say, and the coefficients where they are used."""
    document: dict[str, Any] = {"leads": one.leads, "applied": one.applied}
    if not one.applied:
        document["reason"] = one.refused
    if one.emos is not None:
        document |= {
            "pairs": one.emos.pairs,
            "days": one.emos.days,
            "crps_before": round(one.emos.crps_before, 3),
            "crps_after": round(one.emos.crps_after, 3),
        }
    if one.emos is not None and one.applied:
        coefficients = {name: getattr(one.emos, name) for name in ("shift", "floor", "stretch")}
        document |= {name: round(value, 3) for name, value in coefficients.items()}
    return document
