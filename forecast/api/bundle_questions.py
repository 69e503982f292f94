"""What the page asks of the service, so that a bundle holds the answers; see `web/js/api.js`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from forecast.query.ensemble import MEASURABLE_MM
from forecast.query.places import Place

HOURLY: Final = (
    *("temperature_2m", "relative_humidity_2m", "wind_speed_10m", "wind_direction_10m"),
    *("wind_gust_10m", "precipitation", "cloud_cover"),
    *("dew_point_2m", "vapour_pressure_deficit", "snowfall_water", "shortwave_down"),
    "soil_temperature_5cm",
)
LEVELS: Final = "10,50,90"
WET: Final = f"precipitation>={MEASURABLE_MM:g}"
WET_HOURS: Final = 24
DAYS: Final = ("local", "20-20")
LANGUAGES: Final = ("zh", "en")

Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the file of its answer.

    Attributes:
        file: name of the file.
        path: of the route.
        tries: queries, of which the first that is answered counts; else the last refusal.
    """

    file: str
    path: str
    tries: tuple[Query, ...]


def shared_questions(region: str, crops: Sequence[str]) -> Iterator[tuple[str, Asked]]:
    """Questions about no one place, each with how the page asks it.

    Args:
        region: its name.
        crops: ids.
    """
    yield "v1/crops", Asked("crops.json", "/v1/crops", ({},))
    yield "v1/regions", Asked("regions.json", "/v1/regions", ({},))
    yield "v1/status", Asked("status.json", "/v1/status", ({},))
    skill: Query = {"region": region}
    yield f"v1/skill?region={region}", Asked("skill.json", "/v1/skill", (skill,))
    yield f"v1/scorecard?region={region}", Asked("scorecard.json", "/v1/scorecard", (skill,))
    for crop in crops:
        yield f"v1/crops/{crop}", Asked(f"crop.{crop}.json", f"/v1/crops/{crop}", ({},))
        yield (
            f"v1/scorecard?crop={crop}&region={region}",
            Asked(f"scorecard.{crop}.json", "/v1/scorecard", ({**skill, "crop": crop},)),
        )


def place_questions(
    place: Place, *, crops: dict[str, tuple[str, ...]], cycle: str
) -> Iterator[Asked]:
    """Questions about a place.

    Args:
        place: where.
        crops: ids with the stages that may be told.
        cycle: the one that answers.
    """
    where: Query = {"lat": place.latitude, "lon": place.longitude}
    spot = {**where, "elevation": place.elevation, "cycle": cycle}
    for day in DAYS:
        days: Query = {**spot, "daily": "all", "day": day}
        tries = tuple({**days, **extent} for extent in _extents())
        yield Asked(f"forecast.{day}.json", "/v1/forecast", tries)
    wet = {**spot, "hourly": "none", "probability": WET, "over": WET_HOURS}
    yield Asked(f"forecast.over{WET_HOURS}.json", "/v1/forecast", (wet,))
    yield Asked("skill.json", "/v1/skill", (where,))
    for crop, stages in crops.items():
        advice: Query = {**spot, "crop": crop}
        yield Asked(f"advice.{crop}.now.json", "/v1/advisories", (advice,))
        for stage in stages:
            told = {**advice, "stage": stage}
            yield Asked(f"advice.{crop}.{stage}.json", "/v1/advisories", (told,))


def _extents() -> tuple[Query, ...]:
    """How much is wanted, the most first: a source may lack a variable, or any spread to tell."""
    hourly, levels = {"hourly": ",".join(HOURLY)}, {"quantiles": LEVELS}
    wet = {"probability": WET}
    return (hourly | levels | wet, levels | wet, hourly | wet, wet, hourly, {})


def bulletin_questions(place: Place, *, crops: Sequence[str], cycle: str) -> Iterator[Asked]:
    """Bulletins of a place, one for each crop and language.

    Args:
        place: where.
        crops: ids.
        cycle: the one that answers.
    """
    spot: Query = {"lat": place.latitude, "lon": place.longitude, "elevation": place.elevation}
    for crop in crops:
        for language in LANGUAGES:
            query = {**spot, "crop": crop, "cycle": cycle, "format": "html", "lang": language}
            yield Asked(f"bulletin.{crop}.{language}.html", "/v1/advisories", (query,))
