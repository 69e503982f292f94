"""The hours of an answer that reaches into the past: when they are and where each came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from forecast.query.seamless import NO_RUN, Joined, alike
from forecast.service.archive import Past
from forecast.service.calibration import is_corrected
from forecast.times import (
    DayBoundary,
    hours_since,
    iso,
    local_iso,
    to_datetime64,
    zone_info,
)

PAST, FORECAST, CLIMATOLOGY, MISSING = "past", "forecast", "climatology", "missing"
SEAM_VARIABLE: Final = "temperature_2m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Hours that several cycles gave together.

    Attributes:
        joined: the numbers, and the run behind each of them.
        past: the cycles they came from.
        zone: IANA zone of the local times.
    """

    joined: Joined
    past: Past
    zone: str

    def utc(self, hours: slice) -> list[str]:
        """Valid times, ISO 8601 UTC."""
        return [iso(time) for time in self.joined.times[hours]]

    def local(self, hours: slice) -> list[str]:
        """The same in the zone, with the offset at that time."""
        return local_iso(self.joined.times[hours], zone=self.zone)

    def origins(self, places: Sequence[int], hours: slice) -> list[str]:
        """For each hour `past`, `forecast` or, where no run has any of the variables, `missing`.

        Args:
            places: of the variables in the cycle's record.
            hours: of the series.
        """
        joined = self.joined
        known = (joined.run[list(places)] != NO_RUN).any(axis=0)
        known[joined.past :] = True
        kinds = [PAST] * joined.past + [FORECAST] * (len(joined.times) - joined.past)
        return [
            kind if found else MISSING
            for kind, found in zip(kinds[hours], known[hours].tolist(), strict=True)
        ]

    def passport(self, names: Sequence[str], *, hours: slice) -> dict[str, Any]:
        """What the answer says of its stretches: run, source, lead; and how high the seams are.

        Args:
            names: hourly variables of the answer.
            hours: of the series that are answered.
        """
        cycle = self.past.newest
        places = [cycle.variables.index(name) for name in names]
        groups = alike(self.joined, places)
        seams = self._seams(hours)
        jumps = [abs(seam["jump_k"]) for seam in seams if seam["jump_k"] is not None]
        return {
            "begins": iso(self.joined.times[hours.start]),
            "past_hours": self.joined.past,
            "cycles": [self._about(name) for name in self.joined.runs],
            "stretches": [
                {
                    "variables": [cycle.variables[place] for place in group],
                    "runs": self._stretches(group[0], hours),
                }
                for group in groups
            ],
            "seams": {SEAM_VARIABLE: seams},
            "largest_jump_k": max(jumps, default=None),
            "left_out": [
                {"cycle": name, "reason": reason} for name, reason in self.past.left_out.items()
            ],
        }

    def _stretches(self, place: int, hours: slice) -> list[dict[str, Any]]:
        return [
            self._stretch(first, run, place)
            for first, run in self.joined.stretches(place)
            if first < hours.stop
        ]

    def _stretch(self, first: int, run: int, place: int) -> dict[str, Any]:
        """One run of steps: from which hour of the answer on, what it is and where it is from."""
        joined = self.joined
        told: dict[str, Any] = {"first": first, "time": iso(joined.times[first])}
        if run == NO_RUN:
            return {**told, "origin": MISSING, "cycle": None, "source": None, "lead_hours": None}
        cycle = self.past.cycles[joined.runs[run]]
        lead = hours_since(cycle.times, to_datetime64(cycle.reference_time))
        return {
            **told,
            "origin": FORECAST if run == 0 else PAST,
            "cycle": cycle.id,
            "source": cycle.source,
            "lead_hours": float(lead[joined.step[place, first]]),
        }

    def _seams(self, hours: slice) -> list[dict[str, Any]]:
        """Jumps of the temperature between two runs at the hour where one follows the other."""
        cycle = self.past.newest
        if SEAM_VARIABLE not in cycle.variables:
            return []
        place = cycle.variables.index(SEAM_VARIABLE)
        scale = 10 ** cycle.decimals[place]
        return [
            {
                "first": first,
                "time": iso(self.joined.times[first]),
                "jump_k": None if jump is None else jump / scale,
            }
            for first, jump in self.joined.seams(place)
            if first < hours.stop
        ]

    def _about(self, name: str) -> dict[str, Any]:
        """A cycle as the passport lists it; its terrain only where that is another."""
        past = self.past
        cycle = past.cycles[name]
        terrain = dict(cycle.manifest.description.terrain)
        same = terrain == dict(past.newest.manifest.description.terrain)
        return {
            "cycle": cycle.id,
            "source": cycle.source,
            "source_label": cycle.source_label,
            "run_time": iso(cycle.reference_time),
            "published_at": past.published[cycle.id],
            "simulated": cycle.simulated,
            "corrected": is_corrected(cycle),
            "terrain": None if same else terrain,
        }


def beginning(days: int, *, now: datetime, boundary: str, zone: str) -> datetime:
    """Instant at which the day begins that lies some days before today's.

    Args:
        days: 0 is today.
        now: instant that today holds, aware.
        boundary: when a day begins.
        zone: IANA zone of the boundary.
    """
    parsed = DayBoundary.parse(boundary)
    date = now.astimezone(zone_info(zone)).date()
    today = max(
        label
        for label in (date + timedelta(days=offset) for offset in (-1, 0, 1))
        if parsed.begins(label, zone=zone) <= now
    )
    return parsed.begins(today - timedelta(days=days), zone=zone)
