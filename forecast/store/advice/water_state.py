"""Soil water of a crop in every cell of a region, kept from one cycle to the next.

One file a crop, replaced whole: a line with the format and the sha256 of what follows, and behind
it the fields and what they are (NumPy's npz, nothing pickled). A file that does not match its
line is refused, never half believed.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from forecast.errors import StoreError
from forecast.store.durable import PARTIAL_SUFFIX, replace_durably
from forecast.store.failpoints import failpoint
from forecast.store.paths import StorePaths
from grids.grid import Grid

WATER_FORMAT: Final = "zhitian-water/1"
_ABOUT: Final = "about"

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WaterState:
    """What a water balance remembers, for all cells of a region.

    Attributes:
        profile: id of the crop profile.
        simulated: whether the hours behind it are those of a scenario.
        day: day at whose end it holds.
        assumed_from: day at whose beginning it was assumed, because nothing was kept.
        season_begins: first day of the season that it belongs to.
        soil: texture that it was worked out for.
        cycle_id: newest cycle whose hours are in it.
        grid: of the cells.
        fields: by name [row, column], NaN where it is not known.
    """

    profile: str
    simulated: bool
    day: date
    assumed_from: date
    season_begins: date
    soil: str
    cycle_id: str
    grid: Grid
    fields: Mapping[str, Doubles]


def water_path(root: Path, profile: str, *, simulated: bool) -> Path:
    """File of a crop; that of a scenario is another one.

    Args:
        root: the region's folder, `STORE/<region>`.
        profile: id of the crop profile.
        simulated: of which kind of cycles.
    """
    ending = "simulated.water" if simulated else "water"
    return StorePaths(root).water / f"{profile}.{ending}"


def read_water(root: Path, profile: str, *, simulated: bool) -> WaterState | None:
    """The state of a crop, or None where none is kept yet.

    Args:
        root: the region's folder, `STORE/<region>`.
        profile: id of the crop profile.
        simulated: of which kind of cycles.

    Raises:
        StoreError: the file is damaged, of another format, or cannot be read.
    """
    path = water_path(root, profile, simulated=simulated)
    try:
        line, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"the soil water {path} cannot be read: {error.strerror}") from error
    told = f"{WATER_FORMAT} {hashlib.sha256(content).hexdigest()}"
    if line.decode("utf-8", errors="replace") != told:
        raise StoreError(
            f"the soil water {path} is damaged or of another format than {WATER_FORMAT}; remove it,"
            " and the next cycle begins anew from an assumption"
        )
    try:
        return _state(content)
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise StoreError(f"the soil water {path} cannot be read: {error}") from error


def write_water(root: Path, state: WaterState) -> Path:
    """Replace the state of a crop whole, on the disk when the call returns; returns its path.

    Args:
        root: the region's folder, `STORE/<region>`, which exists.
        state: of the crop.

    Raises:
        StoreError: the disk refuses it.
    """
    path = water_path(root, state.profile, simulated=state.simulated)
    content = _content(state)
    line = f"{WATER_FORMAT} {hashlib.sha256(content).hexdigest()}\n".encode()
    try:
        path.parent.mkdir(exist_ok=True)
        for left in path.parent.glob(f"{path.name}.*{PARTIAL_SUFFIX}"):
            left.unlink(missing_ok=True)
        replace_durably(path, line + content, before_swap=lambda: failpoint("water"))
    except OSError as error:
        raise StoreError(f"the soil water {path} cannot be written: {error.strerror}") from error
    return path


def _content(state: WaterState) -> bytes:
    about: dict[str, Any] = {
        "profile": state.profile,
        "simulated": state.simulated,
        "day": state.day,
        "assumed_from": state.assumed_from,
        "season_begins": state.season_begins,
        "soil": state.soil,
        "cycle_id": state.cycle_id,
        "grid": state.grid.to_dict(),
    }
    buffer = io.BytesIO()
    text = np.frombuffer(orjson.dumps(about), dtype=np.uint8)
    held: dict[str, Any] = {_ABOUT: text, **state.fields}
    np.savez_compressed(buffer, allow_pickle=False, **held)
    return buffer.getvalue()


def _state(content: bytes) -> WaterState:
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        about = orjson.loads(held[_ABOUT].tobytes())
        fields = {name: held[name].astype(np.float64) for name in held.files if name != _ABOUT}
    for name in ("day", "assumed_from", "season_begins"):
        about[name] = date.fromisoformat(about[name])
    grid = Grid.from_dict(about.pop("grid"))
    wrong = [name for name, field in fields.items() if field.shape != grid.shape]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} do not have the shape {grid.shape} of their grid")
    return WaterState(**about, grid=grid, fields=fields)
