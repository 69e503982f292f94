"""Which places and crops a bundle for a village is about."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from forecast.errors import OutsideArea, RequestTooLarge
from forecast.query.place_lists import OwnPlace, read_list
from forecast.query.place_lists.naming import readings
from forecast.query.places import Place
from forecast.service.served import ServedRegion
from grids import BoundingBox, LonLat

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

MOST_PLACES: Final = 500
TOWN_PEOPLE: Final = 50_000
"""Smaller towns are in a bundle only where they are asked for."""

LISTS: Final = (".csv", ".geojson", ".json")
_WITHIN_REACH: Final = 30_000
_ALL: Final = "all"


def bundle_places(
    service: "ForecastService", served: ServedRegion, *, asked: str | None
) -> tuple[Place, ...]:
    """Places of a bundle, each once.

    Args:
        service: knows the places.
        served: the region.
        asked: a list (a file as `zhitian places add` takes it) or names by comma; None for the
            places where advice is kept, the operator's own, cities, counties and large towns.

    Raises:
        UnknownPlace: a name is not known.
        AmbiguousPlace: it means several.
        UnreadableFile: the list cannot be read.
        OutsideArea: a place lies outside the region, or none lies inside.
        RequestTooLarge: more places than one bundle may hold.
    """
    bounds = served.bounds
    found = _of_region(service, served) if asked is None else _asked(service, asked, bounds)
    each = {(one.longitude, one.latitude, one.elevation): one for one in reversed(list(found))}
    if not each:
        raise OutsideArea(
            f"region {served.region.name} has no city, county or large town; name places by"
            " --places"
        )
    if len(each) > MOST_PLACES:
        raise RequestTooLarge(
            f"a bundle of {len(each)} places was asked; allowed are {MOST_PLACES}, chosen by"
            " --places"
        )
    return tuple(reversed(each.values()))


def bundle_crops(
    service: "ForecastService", served: ServedRegion, *, asked: str | None
) -> dict[str, tuple[str, ...]]:
    """Crops of a bundle with their stages.

    Args:
        service: knows the profiles.
        served: the region.
        asked: names by comma or `all`; None for those on which advice is kept in the region, and
            all where there are none.

    Raises:
        UnknownName: there is no such crop.
        AmbiguousCrop: the name means several.
    """
    stages = {
        crop["id"]: tuple(stage["id"] for stage in crop["stages"]) for crop in service.crops()
    }
    names = [watch.crop for watch in served.region.advice]
    if asked is not None:
        names = [] if asked == _ALL else _parts(asked)
    chosen = [service.knowledge.crops.named(name).id for name in names]
    return {name: stages[name] for name in dict.fromkeys(chosen or stages)}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]


def _asked(service: "ForecastService", asked: str, bounds: BoundingBox) -> Iterator[Place]:
    if Path(asked).suffix.lower() in LISTS:
        named = [_own(service, place) for place in read_list(Path(asked)).places]
    else:
        named = [service.resolve(name) for name in _parts(asked)]
    outside = [str(place) for place in named if not bounds.contains(place.lonlat)]
    if outside:
        raise OutsideArea(
            f"{', '.join(outside[:5])} was asked; a bundle of this region holds places within"
            f" {bounds} (west,south,east,north in degrees)"
        )
    yield from named


def _own(service: "ForecastService", place: OwnPlace) -> Place:
    """A place of a list, told as the gazetteer tells one."""
    point = LonLat(longitude=place.longitude, latitude=place.latitude)
    province, city, county = service.gazetteer.areas_at(point, code=place.code)
    sounds = readings(place.name_zh, place.pinyin, sounds=service.gazetteer.sounds)
    return Place(
        **{**place.to_dict(), "pinyin": " ".join(sounds[0]) if sounds else place.pinyin},
        kind="own",
        province=province.zh,
        province_en=province.en,
        city=city.zh,
        city_en=city.en,
        county=county.zh,
        population=0,
        source="request",
    )


def _of_region(service: "ForecastService", served: ServedRegion) -> Iterator[Place]:
    bounds = served.bounds
    for watch in served.region.advice:
        yield _watched(service, watch)
    middle = LonLat(
        longitude=(bounds.west + bounds.east) / 2, latitude=(bounds.south + bounds.north) / 2
    )
    near = service.gazetteer.around(middle, limit=_WITHIN_REACH)
    inside = [one.place for one in near if bounds.contains(one.place.lonlat)]
    yield from (place for place in inside if place.kind == "own")
    yield from (place for place in inside if place.kind in ("city", "county"))
    large = [one for one in inside if one.kind == "town" and one.population >= TOWN_PEOPLE]
    yield from sorted(large, key=lambda place: -place.population)


def _watched(service: "ForecastService", watch: Any) -> Place:
    """The place of a watch; at a height of its own it is named as its zone."""
    if watch.place:
        place = service.resolve(watch.place)
    else:
        point = LonLat(longitude=watch.longitude, latitude=watch.latitude)
        place = replace(Place.at(point), kind="own", name_zh=watch.zone)
    if watch.elevation is None:
        return place
    name = f"{place.name_en} {watch.elevation:g} m"
    return replace(
        place, kind="own", code="", name_zh=watch.zone, name_en=name, elevation=watch.elevation
    )
