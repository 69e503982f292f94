"""Places and zones as the service tells them: with the region that answers and the way there."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from forecast.query.coordinates import read_typed
from forecast.query.place_lists import Zone
from forecast.query.places import Place, distance
from grids import LonLat

if TYPE_CHECKING:
    from forecast.service.core import ForecastService


def found_places(
    service: "ForecastService",
    text: str,
    *,
    limit: int,
    near: LonLat | None = None,
    kinds: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Places that a text may mean, best first.

    Args:
        service: knows the places and the regions.
        text: name, code or coordinates.
        limit: most places to return.
        near: where one asks from: of places that fit equally the nearer come first, and every
            place has its distance.
        kinds: only places of these kinds; empty for all.

    Returns:
        Plain values with `region`, the one that answers or None, `distance_m`, m, and of typed
        coordinates `precision`, degrees to each side by their digits; else None.
    """
    return [
        {
            **_told(service, place, None if near is None else distance(place, near)),
            "precision": _digits(text) if place.kind == "coordinates" else None,
        }
        for place in service.gazetteer.search(text, limit=limit, near=near, kinds=kinds)
    ]


def places_around(
    service: "ForecastService", lonlat: LonLat, *, limit: int, kinds: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The places nearest to a point, nearest first, as `found_places` tells them."""
    return [
        _told(service, near.place, near.distance_m)
        for near in service.gazetteer.around(lonlat, limit=limit, kinds=kinds)
    ]


def zones_of(service: "ForecastService", region: str | None) -> dict[str, Any]:
    """The operator's zones as a GeoJSON FeatureCollection.

    Args:
        service: knows the zones and the regions.
        region: only zones whose box touches that of this region; None for all.

    Raises:
        UnknownName: this installation does not serve the region.
    """
    bounds = None if region is None else service.region(region).bounds
    own = service.knowledge.own_places
    kept = [] if own is None else own.zones(bounds)
    return {
        "type": "FeatureCollection",
        "features": [_feature(zone, source=name) for name, zone in kept],
    }


def _told(service: "ForecastService", place: Place, distance_m: float | None) -> dict[str, Any]:
    return {
        **place.to_dict(),
        "region": service.covering(place) or None,
        "distance_m": None if distance_m is None else round(distance_m),
        "precision": None,
    }


def _digits(text: str) -> dict[str, Any] | None:
    """How exact typed coordinates are, as an answer tells it."""
    typed = read_typed(text)
    return None if typed is None else {"read_from": "digits", **typed.rounding._asdict()}


def _feature(zone: Zone, *, source: str) -> dict[str, Any]:
    outline = [[[list(corner) for corner in ring] for ring in polygon] for polygon in zone.polygons]
    single = len(outline) == 1
    return {
        "type": "Feature",
        "properties": {
            "list": source,
            "code": zone.code,
            "name_zh": zone.name_zh,
            "name_en": zone.name_en,
        },
        "bbox": list(zone.box),
        "geometry": {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": outline[0] if single else outline,
        },
    }
