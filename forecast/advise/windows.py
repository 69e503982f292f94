"""Windows for work in the field: when the weather holds long enough, and how sure that is.

Whether a window holds is not to be had from the chance of each hour: the rain that ends one member
begins in the next one an hour later. So every member answers for the whole of the shortest window
from each start, and only then are members counted. Times are ends of hours, so the window of an
hour begins an hour before its time; days are named by their dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER, ROUNDING, chance, reaches
from forecast.advise.conditions import DIM, evaluate
from forecast.advise.profile.grammar import Comparison
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.rules import Window
from forecast.agromet.spells import run
from forecast.agromet.timewise import along
from forecast.agromet.truth import NO, UNKNOWN, YES, all_of, any_of
from forecast.errors import DataError

Grade = Literal["green", "amber"]

GRADES: Final[tuple[Grade, ...]] = ("green", "amber")

NOT_APPLICABLE: Final = -2
NO_DATA: Final = -1
RED: Final = 0
AMBER: Final = 1
GREEN: Final = 2
"""Lights of steps, int8."""

_DAYLIGHT: Final = Comparison(var="sun_elevation", op=">", value="0 degree")
_HOUR: Final = np.timedelta64(1, "h")


class Grades(NamedTuple):
    """Weather of each step for a piece of work, three-valued int8.

    Attributes:
        green: it suits.
        amber: it suits, or just does.
    """

    green: xr.DataArray
    amber: xr.DataArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A window at one place.

    Attributes:
        grade: `green` or `amber`.
        begins: beginning, datetime64[ns] UTC; the date where steps are days.
        probability: chance that the shortest window holds throughout from there.
        members: members for which that is known.
        expected: mean over them of the steps in a row from there.
        worst: fewest of them.
        worst_member: place of that member; the lowest of equals.
    """

    grade: Grade
    begins: np.datetime64
    probability: float
    members: int
    expected: float
    worst: int
    worst_member: int


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
        limits.append(evaluate(_DAYLIGHT, values))
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
    ruled_out: Any = np.False_ if applies is None else applies == NO
    if applies is not None and MEMBER in applies.dims:
        ruled_out = ruled_out.all(MEMBER)
    template = found.green.isel({MEMBER: 0}) if MEMBER in found.green.dims else found.green
    applicable = xr.where(ruled_out, False, xr.full_like(template, True, dtype=bool))
    return joined.assign_coords(grade=list(GRADES)).assign(applicable=applicable)


def best(
    found: Grades, chances: xr.Dataset, *, at_least: float, after: np.datetime64 | None = None
) -> Opening | None:
    """The best opening at one place: the likeliest green one, else the likeliest amber one.

    The earliest of equals; among green ones first.

    Args:
        found: from `grades`, at one place.
        chances: from `opened` of it.
        at_least: chance below which nothing is called a window.
        after: earliest beginning; the first step when None.

    Raises:
        DataError: there are dims besides members and steps.
    """
    dim = _place_only(chances)
    begins = _begins(chances[dim])
    allowed = np.ones(begins.size, bool) if after is None else begins >= after
    for grade, truth in zip(GRADES, found, strict=True):
        probability = chances["probability"].sel(grade=grade).values
        ranked = np.where(allowed & np.isfinite(probability), probability, -1.0)
        place = int(np.argmax(ranked))
        if ranked[place] >= at_least - ROUNDING:
            return _opening(grade, truth, chances, place=place, begins=begins[place])
    return None


def following(
    found: Grades, chances: xr.Dataset, *, opening: Opening, at_least: float
) -> Opening | None:
    """The next window: the best one that begins after a step in which this one is over.

    Args:
        found: from `grades`, at one place.
        chances: from `opened` of it.
        opening: this one, from `best`.
        at_least: chance below which nothing is called a window.
    """
    dim = _place_only(chances)
    starts = _begins(chances[dim])
    held = chances["probability"].sel(grade=opening.grade).values >= at_least - ROUNDING
    over = np.flatnonzero((starts > opening.begins) & ~held)
    if not over.size:
        return None
    return best(found, chances, at_least=at_least, after=starts[over[0]])


def lights(
    window: Window, found: Grades, chances: xr.Dataset, *, least: int, at_least: float
) -> xr.Dataset:
    """Light of each step: whether it lies in a window that holds, and how likely that is.

    Args:
        window: of a profile.
        found: from `grades`.
        chances: from `opened` of it.
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

    def work(data: Any) -> Any:
        steps = np.arange(data.shape[-1], dtype=np.int32)
        ends = np.where(data == YES, data.shape[-1], steps)
        end = np.minimum.accumulate(ends[..., ::-1], axis=-1)[..., ::-1]
        return np.where(data == UNKNOWN, np.nan, end - steps).astype(np.float32)

    return along(work, truth, dim=dim, dtype=np.float32)


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


def _opening(
    grade: Grade, truth: xr.DataArray, chances: xr.Dataset, *, place: int, begins: np.datetime64
) -> Opening:
    dim = _place_only(chances)
    told = chances.sel(grade=grade).isel({dim: place})
    steps = np.atleast_1d(lasting(truth, dim=dim).isel({dim: place}).values)
    ranked = np.where(np.isnan(steps), np.inf, steps)
    worst = int(np.argmin(ranked))
    return Opening(
        grade=grade,
        begins=begins,
        probability=float(told["probability"]),
        members=int(told["known"]),
        expected=float(told["expected"]),
        worst=int(ranked[worst]),
        worst_member=worst,
    )


def _begins(steps: xr.DataArray) -> Any:
    """Beginnings of steps: an hour before its time, or the date of a day."""
    return steps.values - _HOUR if steps.name == "time" else steps.values


def _place_only(chances: xr.Dataset) -> str:
    dims = [str(dim) for dim in chances["probability"].dims if dim != "grade"]
    if dims not in (["time"], ["day"]):
        raise DataError(f"a window was asked at one place; the data have the dims {dims}")
    return dims[0]
