"""What is asked of a crop at a place, checked in one sentence before any data are touched."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from forecast.advise.profile import CropProfile
from forecast.advise.situation import Situation
from forecast.advise.stages import Report
from forecast.agromet.crop_coefficients import soil_named
from forecast.errors import InvalidRequest
from forecast.query.coordinate_doubt import Coordinates
from forecast.query.places import Place
from forecast.service.asking import cell_preference, located
from forecast.service.question import PointQuestion
from forecast.times import parse_instant, zone_info
from grids import LonLat

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

FARTHEST_BACK_DAYS: Final = 400
"""A day of sowing or of a stage lies no farther back: longer than any season that is known."""

WETTEST_PERCENT: Final = 150.0
"""Of field capacity; a saturated clay holds less."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceQuestion:
    """A question on one crop at one place.

    Attributes:
        lonlat: the place, WGS 84.
        profile: of the crop.
        situation: what the farmer says of the field.
        place: the gazetteer entry it came from, or None.
        coordinates: what is known of its coordinates; None of a place by name.
        elevation: height asked for, m above sea level, or None for the cell's own.
        cell: `land` prefers a land cell of similar height, `nearest` takes the nearest.
        cycle: id of a published cycle, or None for the current one.
        as_of: answer from the newest cycle that was published by then, or None.
        strict: refuse instead of answering from a stale, degraded or moved cell.
    """

    lonlat: LonLat
    profile: CropProfile
    situation: Situation = field(default_factory=Situation)
    place: Place | None = None
    coordinates: Coordinates | None = None
    elevation: float | None = None
    cell: Literal["land", "nearest"] = "land"
    cycle: str | None = None
    as_of: datetime | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        """Check what needs neither clock nor data.

        Raises:
            InvalidRequest: the height is out of range, or `cycle` and `as_of` are both asked.
        """
        _ = self.point

    @property
    def point(self) -> PointQuestion:
        """The question for the place alone."""
        return PointQuestion(
            lonlat=self.lonlat,
            place=self.place,
            coordinates=self.coordinates,
            elevation=self.elevation,
            cell=self.cell,
            cycle=self.cycle,
            as_of=self.as_of,
            strict=self.strict,
        )


def ask_advice(
    service: "ForecastService",
    *,
    place: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    **options: Any,
) -> AdviceQuestion:
    """Check and complete a question on a crop at one place.

    Args:
        service: looks places and crops up, and tells the day where a stage comes without one.
        place: a name or coordinates as text; excludes latitude and longitude.
        latitude: degrees north.
        longitude: degrees east.
        **options: `crop` as text; `sown` and `stage_on` as dates (2025-04-10), `stage` as one of
            the profile's; `covered`, `soil` and `soil_moisture` of the field; what `located`
            takes; the other fields of `AdviceQuestion`, `as_of` as ISO 8601.

    Raises:
        InvalidRequest: neither or both of place and coordinates, or a value not allowed.
        AmbiguousCrop: several profiles answer to the crop.
        UnknownName: a place, crop or soil is not known.
    """
    where = located(service, options, place=place, latitude=latitude, longitude=longitude)
    crop = options.pop("crop", None)
    if crop is None:
        raise InvalidRequest(
            f"no crop was asked; give crop, one of {', '.join(service.knowledge.crops.names)}"
        )
    profile = service.knowledge.crops.named(crop)
    if isinstance(options.get("as_of"), str):
        options["as_of"] = parse_instant(options["as_of"])
    now = options.get("as_of") or service.clock()
    return AdviceQuestion(
        lonlat=where.lonlat,
        place=where.place,
        coordinates=where.coordinates,
        profile=profile,
        situation=_situation(profile, options, today=local_date(now, profile)),
        cell=cell_preference(options.pop("cell", None) or "land"),
        **options,
    )


def check_dates(question: AdviceQuestion, *, now: datetime, last: datetime) -> None:
    """Refuse days of sowing and of stages that cannot belong to this forecast.

    Args:
        question: with what the farmer says.
        now: what counts as now.
        last: end of the forecast.

    Raises:
        InvalidRequest: sown after the forecast ends, a stage seen in days to come, or either of
            them too long ago.
    """
    profile, situation = question.profile, question.situation
    today = local_date(now, profile)
    if situation.sown is not None:
        _within(situation.sown, "sown", today, until=local_date(last, profile))
    if situation.report is not None:
        _within(situation.report.on, "stage_on", today, until=today)


def local_date(instant: datetime, profile: CropProfile) -> date:
    """Date of the calendar at an instant, in the zone of a profile's days."""
    return instant.astimezone(zone_info(profile.zone)).date()


def _within(day: date, name: str, today: date, *, until: date) -> None:
    first = today - timedelta(days=FARTHEST_BACK_DAYS)
    if not first <= day <= until:
        raise InvalidRequest(
            f"{name} {day} was asked; allowed are days from {first} ({FARTHEST_BACK_DAYS} days"
            f" back) to {until}"
        )


def _situation(profile: CropProfile, options: dict[str, Any], *, today: date) -> Situation:
    """What the farmer says; what is read leaves the options."""
    soil, wetness = options.pop("soil", None), options.pop("soil_moisture", None)
    if soil is not None:
        soil_named(soil)
    if wetness is not None and not 0.0 <= wetness <= WETTEST_PERCENT:
        raise InvalidRequest(
            f"soil_moisture {wetness:g} was asked; allowed are 0 to {WETTEST_PERCENT:g} % of field"
            " capacity"
        )
    return Situation(
        report=_report(profile, options, today=today),
        sown=_date(options.pop("sown", None), name="sown"),
        covered=bool(options.pop("covered", False)),
        soil=soil,
        soil_moisture=wetness,
    )


def _report(profile: CropProfile, options: dict[str, Any], *, today: date) -> Report | None:
    stage, on = options.pop("stage", None), _date(options.pop("stage_on", None), name="stage_on")
    if stage is None:
        if on is not None:
            raise InvalidRequest("stage_on was asked without stage; allowed is with it")
        return None
    wanted = " ".join(stage.split()).casefold()
    for known in profile.phenology.stages:
        if wanted in (known.id, known.name.zh, known.name.en.casefold()):
            return Report(stage=known.id, on=on or today)
    told = ", ".join(f"{known.id} ({known.name.zh})" for known in profile.phenology.stages)
    raise InvalidRequest(f"stage {stage[:60]!r} was asked; {profile.id} has {told}")


def _date(text: str | None, *, name: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        raise InvalidRequest(
            f"{name} {text[:60]!r} was asked; allowed are dates, as in 2025-04-10"
        ) from None
