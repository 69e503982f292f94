"""The scenario on disk: one GRIB file per step and stream, a manifest and a marker."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.ingest.scenario.front import Perturbation, perturbations
from forecast.ingest.scenario.messages import Encoder, Label
from forecast.ingest.scenario.relief import Relief, relief
from forecast.ingest.scenario.soil import soil
from forecast.ingest.scenario.weather import Weather, between_steps, weather
from forecast.regions import data_path
from forecast.times import iso, to_datetime64
from forecast.units import STANDARD_GRAVITY

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

CYCLE: Final = datetime(2025, 4, 10, tzinfo=UTC)
STEPS: Final = (*range(0, 145, 3), *range(150, 241, 6))
MEMBERS: Final = 20
SEED: Final = 20250410
MANIFEST: Final = "MANIFEST.json"
MARKER: Final = "SIMULATED"

_VERSION: Final = 3
_TEXT: Final = (
    "The GRIB files in this folder are SIMULATED: a made-up cold wave over North China and the\n"
    "Dabie mountains in April 2025, for tests and demonstrations. They are no forecast and no\n"
    "analysis, and ECMWF had no part in them. Every message carries the experiment version\n"
    "'simu' and the production status 1 (test).\n"
)
_OF_MEMBERS: Final = frozenset({"2t", "2d", "10u", "10v", "sp"})
"""Instants that the perturbed members have."""
_PER_HOUR: Final = 2
"""Instants per hour over which rain and radiation are summed."""
_FIRST_OF_STEP: Final = [step * _PER_HOUR for step in STEPS[:-1]]
"""Places of the first of these instants in the interval of each step."""


def write(
    directory: Path | str, *, members: int = MEMBERS, progress: Progress | None = None
) -> list[Path]:
    """Write the scenario, unless it is there whole already.

    Per step of 3 h to 144 h and of 6 h to 240 h, as ECMWF's:
    `20250410000000-<step>h-oper-fc.grib2` (2t 2d 10u 10v sp msl tcc, sot and vsw of three soil
    layers, from the first step on tp ssrd strd since the start and 10fg since the step before; z
    and lsm at step 0)
    and `…-<step>h-enfo-ef.grib2` (2t 2d 10u 10v sp tp 10fg of the perturbed members).

    Args:
        directory: made if absent.
        members: perturbed members, 0 or more.
        progress: called with (files done, files in all).

    Returns:
        The files, the deterministic run first, each by step.
    """
    folder = Path(directory)
    if _complete(folder, members):
        return _listed(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    (folder / MARKER).write_text(_TEXT, encoding="utf-8")
    surface = relief(data_path("terrain"))
    total = len(STEPS) * (2 if members else 1)
    entries: dict[str, dict[str, Any]] = {}
    with Encoder(CYCLE, members=members) as encoder:
        for name, content in _contents(encoder, surface, members):
            _replace(folder / name, content)
            entries[name] = _entry(content)
            if progress is not None:
                progress(len(entries), total)
    manifest = {
        "simulated": True,
        "version": _VERSION,
        "cycle": iso(CYCLE),
        "members": members,
        "relief": list(surface.sources),
        "files": entries,
    }
    _replace(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    return _listed(folder)


def _contents(encoder: Encoder, surface: Relief, members: int) -> Iterator[tuple[str, bytes]]:
    """File names with their bytes, one at a time."""
    stamp = f"{CYCLE:%Y%m%d%H}0000"
    for step, content in zip(STEPS, _deterministic(encoder, surface), strict=True):
        yield f"{stamp}-{step}h-oper-fc.grib2", content
    if members:
        parts = [
            _perturbed(encoder, surface, change) for change in perturbations(members, seed=SEED)
        ]
        for place, step in enumerate(STEPS):
            yield f"{stamp}-{step}h-enfo-ef.grib2", b"".join(part[place] for part in parts)


def _deterministic(encoder: Encoder, surface: Relief) -> Iterator[bytes]:
    """The unperturbed run, step by step."""
    cycle, change = to_datetime64(CYCLE), Perturbation()
    state = weather(np.array(STEPS, dtype=float), surface, cycle=cycle, change=change)
    within = weather(_fine_hours(), surface, cycle=cycle, change=change)
    sums = {
        "tp": _running(within.rain_rate / 1000.0),
        "ssrd": _running(within.shortwave * 3600.0),
        "strd": _running(within.longwave * 3600.0),
    }
    ground = soil(np.array(STEPS, dtype=float), surface, rain=sums["tp"] * 1000.0, cycle=cycle)
    gust = _strongest(within.gust)
    for place, step in enumerate(STEPS):
        fields = _instants(state, place)
        if place == 0:
            fields |= {"z": surface.elevation * STANDARD_GRAVITY, "lsm": surface.land_fraction}
        parts = [
            encoder.encode(Label(name=name, start=step, end=step), values)
            for name, values in fields.items()
        ]
        parts += [
            encoder.encode(Label(name=name, start=step, end=step, layer=layer), values[place])
            for name, layers in (("sot", ground.temperature), ("vsw", ground.moisture))
            for layer, values in layers.items()
        ]
        if place:
            parts += [
                encoder.encode(Label(name=name, start=0, end=step), values[place])
                for name, values in sums.items()
            ]
            label = Label(name="10fg", start=STEPS[place - 1], end=step)
            parts.append(encoder.encode(label, gust[place]))
        yield b"".join(parts)


def _perturbed(encoder: Encoder, surface: Relief, change: Perturbation) -> list[bytes]:
    """One member: the bytes of each step."""
    cycle = to_datetime64(CYCLE)
    state = weather(np.array(STEPS, dtype=float), surface, cycle=cycle, change=change)
    rate, gust = between_steps(_fine_hours(), surface, cycle=cycle, change=change)
    rain, strongest = _running(rate / 1000.0), _strongest(gust)
    contents = []
    for place, step in enumerate(STEPS):
        held = [
            (Label(name=name, start=step, end=step, member=change.member), values)
            for name, values in _instants(state, place).items()
            if name in _OF_MEMBERS
        ]
        if place:
            since = {"tp": 0, "10fg": STEPS[place - 1]}
            held += [
                (Label(name=name, start=since[name], end=step, member=change.member), values)
                for name, values in (("tp", rain[place]), ("10fg", strongest[place]))
            ]
        contents.append(b"".join(encoder.encode(label, values) for label, values in held))
    return contents


def _instants(state: Weather, place: int) -> dict[str, Floats]:
    return {
        "2t": state.temperature[place],
        "2d": state.dew_point[place],
        "10u": state.wind_u[place],
        "10v": state.wind_v[place],
        "sp": state.pressure[place],
        "msl": state.pressure_msl[place],
        "tcc": state.cloud[place],
    }


def _fine_hours() -> Floats:
    """Middles of the halves of all hours."""
    count = STEPS[-1] * _PER_HOUR
    return (np.arange(count) + 0.5) / _PER_HOUR


def _running(per_hour: Floats) -> Floats:
    """Sums since the start at the steps, from rates per hour at `_fine_hours`."""
    per_step = np.add.reduceat(per_hour, _FIRST_OF_STEP, axis=0) / _PER_HOUR
    start = np.zeros((1, *per_step.shape[1:]))
    return np.concatenate([start, np.cumsum(per_step, axis=0)])


def _strongest(values: Floats) -> Floats:
    """Largest value since the step before at each step, from values at `_fine_hours`."""
    largest = np.maximum.reduceat(values, _FIRST_OF_STEP, axis=0)
    return np.concatenate([largest[:1], largest])


def _entry(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _complete(folder: Path, members: int) -> bool:
    """Whether the manifest is of this version and size, and every file is as it says."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["version"], manifest["members"]) != (_VERSION, members):
            return False
        return (folder / MARKER).is_file() and all(
            _entry((folder / name).read_bytes()) == entry
            for name, entry in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def _listed(folder: Path) -> list[Path]:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return [folder / name for name in manifest["files"]]
