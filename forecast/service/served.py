"""A region as it is served: its store, and what is worked out once for each cycle."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import orjson
import xarray as xr

from forecast.errors import DamagedCycle, StoreMissing
from forecast.regions import Region
from forecast.service.archive import Archive
from forecast.service.calibration import Calibration, calibration_of
from forecast.service.members import CycleMembers
from forecast.service.origin_words import chinese
from forecast.store import Cycle, RegionStore
from forecast.times import iso, parse_instant, to_datetime
from forecast.variables import variable

Answer = TypeVar("Answer")

KEPT_CYCLES: Final = 3
DATUM: Final = "WGS 84"
_STEP_ORIGINS: Final = ("model", "interpolated", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleFacts:
    """What every answer from one cycle shares, worked out once.

    Attributes:
        cycle: the open cycle.
        root: folder of the region's store, `STORE/<region>`.
        zone: IANA zone of the region's local time.
        calibration: what observations corrected, None where none were used.
        members: the members at its cells, opened when first asked.
        terrain: static fields [latitude, longitude], loaded.
        surface: `elevation` (m) and `land_fraction` (0 to 1) as bare arrays [row, column].
        model_elevation: model orography interpolated to the cell, m [row, column].
        correction: mean of temperature minus plain interpolation, K [row, column].
        divisors: packed counts per unit [variable, 1].
        places: position of each variable in the record.
        times_utc: ISO 8601 texts of the valid times.
        times_local: the same with the offset of the region's zone at each instant.
        times_json: both of them, encoded.
        units: unit of each variable.
        steps: for each variable its runs of steps, as [first step, origin].
        steps_json: the steps of all variables, encoded.
        about: what every passport from the cycle says alike.
    """

    cycle: Cycle
    root: Path
    zone: str
    calibration: Calibration | None
    members: CycleMembers
    terrain: xr.Dataset
    surface: dict[str, npt.NDArray[np.float32]]
    model_elevation: npt.NDArray[np.float32]
    correction: npt.NDArray[np.float32]
    divisors: npt.NDArray[np.float64]
    places: dict[str, int]
    times_utc: list[str]
    times_local: list[str]
    times_json: tuple[orjson.Fragment, orjson.Fragment]
    units: dict[str, str]
    steps: dict[str, list[list[Any]]]
    steps_json: orjson.Fragment
    about: dict[str, Any]

    @property
    def published_at(self) -> str:
        """When the cycle was published, ISO 8601 UTC; empty where that is not known."""
        return str(self.about["published_at"])


class ServedRegion:
    """One region and its store; safe to use from any number of threads.

    Args:
        region: where.
        path: folder of its store.

    Attributes:
        region: where.
        bounds: box of the region's cells, degrees.
        path: folder of its store.
    """

    def __init__(self, region: Region, path: Path) -> None:
        self.region = region
        self.bounds = region.grid.bounds
        self.path = path
        self._store: RegionStore | None = None
        self._archive: Archive | None = None
        self._facts: dict[str, CycleFacts] = {}
        self._preparing = threading.Lock()

    @property
    def store(self) -> RegionStore:
        """The store, opened when first needed.

        Raises:
            StoreMissing: nothing was published for this region yet.
        """
        if self._store is None:
            try:
                self._store = RegionStore.open(self.path)
            except StoreMissing:
                raise StoreMissing(
                    f"region {self.region.name!r} has no published cycle yet;"
                    f" run `zhitian run --region {self.region.name}` first"
                ) from None
        return self._store

    @property
    def archive(self) -> Archive:
        """Earlier cycles, opened when an hour needs them.

        Raises:
            StoreMissing: nothing was published for this region yet.
        """
        if self._archive is None:
            self._archive = Archive(self.store)
        return self._archive

    def answer(
        self,
        question: Callable[[CycleFacts], Answer],
        *,
        cycle: str | None = None,
        as_of: datetime | None = None,
    ) -> Answer:
        """Ask exactly one cycle: the current one, a named one, or that of an earlier moment.

        If the cycle proves damaged meanwhile, the one before it is asked, unless one was named.

        Args:
            question: reads what it needs from the cycle it is given.
            cycle: a published cycle.
            as_of: ask the newest cycle that was published by then.

        Raises:
            UnknownName: the store does not have the cycle.
            StoreMissing: nothing was published (by then).
            DamagedCycle: the named cycle, or every cycle, is damaged.
        """
        if cycle is not None:
            return question(self._named(cycle))
        if as_of is not None:
            return self._answer_then(question, as_of)
        return self.store.answer(lambda current: question(self.facts(current)))

    def current(self) -> CycleFacts:
        """Facts of the cycle that is served now."""
        return self.store.answer(self.facts)

    def is_warm(self) -> bool:
        """Whether the facts of the current cycle are at hand, so that an answer is quick."""
        return self.store.current().id in self._facts

    def facts(self, cycle: Cycle) -> CycleFacts:
        """What is worked out once for a cycle; kept for the last few."""
        found = self._facts.get(cycle.id)
        if found is not None and found.cycle is cycle:
            return found
        with self._preparing:
            found = self._facts.get(cycle.id)
            if found is None or found.cycle is not cycle:
                self.archive.close_idle()
                found = self._prepare(cycle)
                self._facts.pop(cycle.id, None)
                while len(self._facts) >= KEPT_CYCLES:
                    self._facts.pop(next(iter(self._facts)))
                self._facts[cycle.id] = found
            return found

    def _named(self, cycle_id: str) -> CycleFacts:
        published = {entry.cycle_id for entry in self.store.published()}
        found = self._facts.get(cycle_id)
        if found is not None and cycle_id in published:
            return found
        return self.facts(self.store.cycle(cycle_id))

    def _answer_then(self, question: Callable[[CycleFacts], Answer], as_of: datetime) -> Answer:
        damage: DamagedCycle | None = None
        for entry in self.store.published():
            if entry.state == "good" and parse_instant(entry.published_at) <= as_of:
                try:
                    return question(self._named(entry.cycle_id))
                except DamagedCycle as error:
                    damage = damage or error
        if damage is not None:
            raise damage
        raise StoreMissing(f"region {self.region.name!r} had no cycle published by {iso(as_of)}")

    def _prepare(self, cycle: Cycle) -> CycleFacts:
        terrain = cycle.terrain()
        zone = ZoneInfo(self.region.timezone)
        instants = [to_datetime(time) for time in cycle.times]
        utc = [iso(instant) for instant in instants]
        local = [instant.astimezone(zone).isoformat() for instant in instants]
        steps = {
            name: step_runs(cycle.step_flag[place]) for place, name in enumerate(cycle.variables)
        }
        published = {entry.cycle_id: entry.published_at for entry in self.store.published()}
        return CycleFacts(
            cycle=cycle,
            root=self.path,
            zone=self.region.timezone,
            calibration=calibration_of(cycle),
            members=CycleMembers(cycle),
            terrain=terrain,
            surface={name: terrain[name].values for name in ("elevation", "land_fraction")},
            model_elevation=terrain["model_elevation"].values,
            correction=terrain["temperature_correction"].values,
            divisors=np.array([[float(10**decimals)] for decimals in cycle.decimals]),
            places={name: place for place, name in enumerate(cycle.variables)},
            times_utc=utc,
            times_local=local,
            times_json=(orjson.Fragment(orjson.dumps(utc)), orjson.Fragment(orjson.dumps(local))),
            units={name: variable(name).units for name in cycle.variables},
            steps=steps,
            steps_json=orjson.Fragment(orjson.dumps(steps)),
            about=_about(cycle, published_at=published.get(cycle.id, "")),
        )


def _about(cycle: Cycle, *, published_at: str) -> dict[str, Any]:
    described = cycle.manifest.description
    terrain = dict(described.terrain)
    return {
        "cycle": cycle.id,
        "source": cycle.source,
        "source_label": cycle.source_label,
        "source_label_zh": chinese("label", cycle.source_label),
        "simulated": cycle.simulated,
        "run_time": iso(cycle.reference_time),
        "published_at": published_at,
        "region": cycle.region,
        "terrain": terrain,
        "terrain_source_zh": chinese("terrain", terrain.get("source", "")),
        "licence": described.report.get("licence", ""),
        "attribution": described.report.get("attribution", ""),
        "datum": DATUM,
    }


def step_runs(flags: npt.NDArray[np.uint8]) -> list[list[Any]]:
    """Where the origin of the steps changes: [[0, "model"], [145, "interpolated"], …]."""
    changes = np.flatnonzero(np.diff(flags)) + 1
    return [[int(start), _STEP_ORIGINS[flags[start]]] for start in (0, *changes.tolist())]
