"""Advice on a crop over a region: maps of its rules, windows and sowings, block by block.

Every cell is judged as advice at its place is, at its own height. Blocks are done by dask in as
many threads as there are processors, and only what is said of them is kept, so that memory stays
within bounds however large the region is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.grading import narrowed
from forecast.advise.needing import needs
from forecast.advise.profile import CropProfile
from forecast.advise.profile.rules import Rule
from forecast.errors import ForecastExpired, InvalidRequest, OutsideArea, RequestTooLarge
from forecast.service.advice.block import Wanted
from forecast.service.advice.canvas import Canvas, Report
from forecast.service.advice.crops import crop_passport
from forecast.service.advice.question import AdviceQuestion, ask_advice, check_dates
from forecast.service.advice.weather import looking_back
from forecast.service.answering import Beside
from forecast.service.passport import EXPIRED, cycle_passport
from forecast.service.served import CycleFacts, ServedRegion
from forecast.times import iso, to_datetime
from grids import BoundingBox, Grid, OutsideGrid

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

MOST_BYTES: Final = 1 << 30
"""Maps that one answer may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionQuestion:
    """A question on one crop over a region.

    Attributes:
        region: its name.
        advice: crop, what is known of all fields alike, and the cycle; its place is any of them.
        rules: rules, windows and sowings that are asked; all when None.
        box: part of the region, or None for all of it.
    """

    region: str
    advice: AdviceQuestion
    rules: tuple[str, ...] | None = None
    box: BoundingBox | None = None

    @property
    def profile(self) -> CropProfile:
        """The profile with no more than is asked of it.

        Raises:
            UnknownName: it has no such rule.
        """
        return narrowed(self.advice.profile, self.rules)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionGrades:
    """What is said of a crop over a region.

    Attributes:
        question: what was asked.
        maps: from `grading.grade_maps`, in memory.
        grid: the cells.
        land: share of each cell that is land, 0 to 1 [row, column].
        passport: cycle, age, crop, and what the maps rest on; ready for JSON.
        published_at: of the cycle.
    """

    question: RegionQuestion
    maps: xr.Dataset
    grid: Grid
    land: npt.NDArray[np.float32]
    passport: Mapping[str, Any]
    published_at: str


def ask_region(service: "ForecastService", *, region: str, **options: Any) -> RegionQuestion:
    """Check and complete a question on a crop over a region.

    Args:
        service: looks region and crop up, and tells the day where a stage comes without one.
        region: its name.
        **options: `crop` as text; `rules` as names by comma; `box` as W,S,E,N in degrees; `sown`,
            `stage`, `stage_on` and `covered` as for `ask_advice`; `cycle`, `as_of`.

    Raises:
        InvalidRequest: a value that is not allowed, or one that tells of a single field.
        UnknownName: no such region, crop, stage or rule.
    """
    bounds = service.region(region).bounds
    rules, box = options.pop("rules", None), options.pop("box", None)
    single = [name for name in ("soil", "soil_moisture") if options.pop(name, None) is not None]
    if single:
        raise InvalidRequest(
            f"{' and '.join(single)} of a field was told of a whole region; allowed is at a place"
        )
    question = RegionQuestion(
        region=region,
        advice=ask_advice(
            service,
            longitude=(bounds.west + bounds.east) / 2.0,
            latitude=(bounds.south + bounds.north) / 2.0,
            **options,
        ),
        rules=tuple(part.strip() for part in rules.split(",")) if rules else None,
        box=BoundingBox.parse(box) if box else None,
    )
    _ = question.profile
    return question


def grade_region(
    served: ServedRegion,
    question: RegionQuestion,
    *,
    beside: Beside,
    report: Report | None = None,
    refuse_large: Callable[..., None] | None = None,
) -> RegionGrades:
    """Judge a crop in all cells of a region from exactly one cycle.

    Args:
        served: the region.
        question: what is asked.
        beside: the clock, earlier cycles, normals and past years.
        report: called with (stage, done, total) cells as blocks are done.
        refuse_large: called with cells, hours and members before data are touched.

    Raises:
        ForecastExpired: the cycle is too old to advise from.
        OutsideArea: the box lies outside the region.
        RequestTooLarge: the maps would hold more than one answer may.
        StoreError: nothing whole is published.
    """

    def work(facts: CycleFacts) -> RegionGrades:
        about = cycle_passport(facts, now=beside.now)
        refuse_expired(about)
        advice, cycle = question.advice, facts.cycle
        check_dates(advice, now=beside.now, last=to_datetime(cycle.times[-1]))
        window = _window(cycle.grid, question.box)
        grid = cycle.grid.window(rows=window[0], columns=window[1])
        if refuse_large is not None:
            refuse_large(
                cells=grid.rows * grid.columns,
                hours=len(cycle.times),
                members=facts.members.count,
            )
        _refuse_size(question.profile, grid, hours=len(cycle.times))
        wanted = _wanted(facts, question, beside=beside)
        canvas = Canvas(wanted, advice.situation, window=window)
        canvas.draw(facts, report=report)
        return RegionGrades(
            question=question,
            maps=canvas.dataset(facts),
            grid=grid,
            land=facts.surface["land_fraction"][window],
            passport={
                **about,
                "created": iso(beside.now),
                "members": {"count": facts.members.count},
                "crop": crop_passport(advice.profile),
                "situation": _said(advice),
                "rules": list(question.rules) if question.rules else None,
                "box": str(grid.bounds),
                "season": canvas.season,
            },
            published_at=facts.published_at,
        )

    return served.answer(work, cycle=question.advice.cycle, as_of=question.advice.as_of)


def _wanted(facts: CycleFacts, question: RegionQuestion, *, beside: Beside) -> Wanted:
    profile, advice = question.profile, question.advice
    needed = needs(profile)
    back, now = needed.past_hours, beside.now
    asked, start = looking_back(facts, advice.point, profile=profile, back=back, now=now)
    return Wanted(
        profile=profile,
        needs=needed,
        asked=asked,
        start=start,
        beside=beside,
        since=advice.situation.sown,
        frosts=any(one.last_frost is not None for one in profile.sowing),
    )


def _window(grid: Grid, box: BoundingBox | None) -> tuple[slice, slice]:
    try:
        return grid.within(box or grid.bounds)
    except OutsideGrid as error:
        raise OutsideArea(f"box {box} was asked; the region covers {grid.bounds}") from error


def _refuse_size(profile: CropProfile, grid: Grid, *, hours: int) -> None:
    """Refuse maps that would not fit."""
    parts: tuple[Any, ...] = (*profile.rules, *profile.windows, *profile.sowing)
    layers = sum(1 + 4 * len(one.levels) if isinstance(one, Rule) else 5 for one in parts)
    size = layers * (hours // 24 + 2) * grid.rows * grid.columns
    if size > MOST_BYTES:
        raise RequestTooLarge(
            f"{len(parts)} rules over {grid.rows * grid.columns:,} cells were asked, maps of"
            f" {size / 1e9:.1f} GB; allowed are {MOST_BYTES / 1e9:.1f} GB, less by rules or a box"
        )


def refuse_expired(about: Mapping[str, Any]) -> None:
    """Nothing is advised from an expired forecast.

    Args:
        about: from `cycle_passport`.

    Raises:
        ForecastExpired: the cycle is too old.
    """
    age = about["age"]
    if age["state"] == EXPIRED:
        raise ForecastExpired(
            f"advice was asked; the newest run of region {about['region']} is {about['cycle']},"
            f" {age['hours']:.0f} h old and expired: nothing is advised from it"
        )


def _said(advice: AdviceQuestion) -> dict[str, Any]:
    said = advice.situation
    return {
        "sown": said.sown and said.sown.isoformat(),
        "stage": said.report and said.report.stage,
        "stage_on": said.report and said.report.on.isoformat(),
        "covered": said.covered,
    }
