"""Windows for work in the field: when the weather holds long enough, and how sure that is.

Whether a window holds is not to be had from the chance of each hour: the rain that ends one member
begins in the next one an hour later. So every member answers for the whole of the shortest window
from each start, and only then are members counted. Times are ends of hours, so the window of an
hour begins an hour before its time; days are named by their dates.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER, chance, reaches
from forecast.advise.conditions import DIM, evaluate
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.rules import Window
from forecast.advise.window_row import (
    AMBER,
    DAYLIGHT,
    GRADES,
    GREEN,
    NO_DATA,
    NOT_APPLICABLE,
    RED,
    lasts,
)
from forecast.agromet.spells import run
from forecast.agromet.timewise import along
from forecast.agromet.truth import NO, all_of, any_of

__all__ = [
    "AMBER",
    "GRADES",
    "GREEN",
    "NOT_APPLICABLE",
    "NO_DATA",
    "RED",
    "Grades",
    "applicable",
    "grades",
    "lasting",
    "lights",
    "opened",
]


class Grades(NamedTuple):
    """Weather of each step for a piece of work, three-valued int8.

    Attributes:
        green: it suits.
        amber: it suits, or just does.
    """

    green: xr.DataArray
    amber: xr.DataArray


def grades(
    window: Window, values: Mapping[str, xr.DataArray], *, applies: xr.DataArray | None = None
) -> Grades:
    """Weather of each step for a window's work.

    Args:
        window: of a profile.
        values: as for `conditions.evaluate`; `sun_elevation` too for work by daylight.
        applies: three-valued, whether the crop is in a stage for it; always when None.

    Raises:
        DataError: a value is not at hand.
    """
    green = evaluate(window.green, values)
    amber = any_of(green, evaluate(window.amber, values))
    limits = [] if applies is None else [applies]
    if window.daylight_only and window.step == "h":
        limits.append(evaluate(DAYLIGHT, values))
    order = green.dims
    return Grades(*(all_of(truth, *limits).transpose(..., *order) for truth in (green, amber)))


def opened(
    window: Window, found: Grades, *, least: int, applies: xr.DataArray | None = None
) -> xr.Dataset:
    """Chance that the whole of the shortest window holds from each step on.

    Args:
        window: of a profile.
        found: from `grades`.
        least: members that must be known.
        applies: as for `grades`; steps at which no member can be in the stage are marked.

    Returns:
        On (grade, …, step): `probability` float32, NaN where too few members are known; `known`
        and `unknown` int16; `expected` float32, mean steps in a row from the step over the known
        members; `applicable` bool on the steps.
    """
    dim = DIM[window.step]
    length = steps_of(window.min_length, window.step)
    parts = [_counted(truth, length=length, dim=dim, least=least) for truth in found]
    joined = xr.concat(parts, dim="grade", coords="minimal", compat="override")
    return joined.assign_coords(grade=list(GRADES)).assign(applicable=applicable(found, applies))


def applicable(found: Grades, applies: xr.DataArray | None = None) -> xr.DataArray:
    """Whether any member can be in the stage for the work at each step, bool.

    Args:
        found: from `grades`.
        applies: as for `grades`.
    """
    ruled_out: Any = np.False_ if applies is None else applies == NO
    if applies is not None and MEMBER in applies.dims:
        ruled_out = ruled_out.all(MEMBER)
    template = found.green.isel({MEMBER: 0}) if MEMBER in found.green.dims else found.green
    return xr.where(ruled_out, False, xr.full_like(template, True, dtype=bool))


def lights(
    window: Window, found: Grades, *, chances: xr.Dataset, least: int, at_least: float
) -> xr.Dataset:
    """Light of each step: whether it lies in a window that holds, and how likely that is.

    Args:
        window: of a profile.
        found: from `grades`.
        chances: from `opened` of it; `applicable` of it is enough.
        least: members that must be known.
        at_least: chance from which a window is called one.

    Returns:
        On the steps and any other dims: `light` int8, `NOT_APPLICABLE` to `GREEN`; `probability`
        (grade, …) float32, NaN where too few members are known.
    """
    dim = DIM[window.step]
    length = steps_of(window.min_length, window.step)
    within = [run(truth, at_least=length, mark="whole", dim=dim) for truth in found]
    rows = [chance(truth, least=least).probability for truth in within]
    green, amber = (reaches(row, at_least) for row in rows)
    light = xr.where(green, np.int8(GREEN), xr.where(amber, np.int8(AMBER), np.int8(RED)))
    light = xr.where(rows[1].isnull() & ~green, np.int8(NO_DATA), light)
    light = xr.where(chances["applicable"], light, np.int8(NOT_APPLICABLE))
    joined = xr.concat(rows, dim="grade", coords="minimal", compat="override")
    return xr.Dataset(
        {
            "light": light.transpose(*rows[0].dims).astype(np.int8),
            "probability": joined.assign_coords(grade=list(GRADES)),
        }
    )


def lasting(truth: xr.DataArray, *, dim: str) -> xr.DataArray:
    """Steps in a row from each step in which a condition holds, float32.

    A spell ends with the first step that does not hold or is not known, or with the forecast;
    missing where the step itself is not known.
    """
    return along(lasts, truth, dim=dim, dtype=np.float32)


def _counted(truth: xr.DataArray, *, length: int, dim: str, least: int) -> xr.Dataset:
    told = chance(run(truth, at_least=length, mark="start", dim=dim), least=least)
    steps = lasting(truth, dim=dim)
    if MEMBER in steps.dims:
        counted = steps.notnull().sum(MEMBER)
        steps = steps.sum(MEMBER, skipna=True) / xr.where(counted > 0, counted, 1)
    return xr.Dataset(
        {
            "probability": told.probability,
            "known": told.known,
            "unknown": told.unknown,
            "expected": steps.where(told.probability.notnull()).astype(np.float32),
        }
    )
