"""What there is to ask for: places, regions, variables, cycles."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from forecast.api.documents import REFUSALS
from forecast.api.listings import Cycles, Places, Regions, Variables
from forecast.api.queries import read_numbers
from forecast.errors import InvalidRequest
from forecast.query.place import NAMED_KINDS
from forecast.service import ForecastService
from forecast.service.placing import found_places, places_around
from forecast.times import iso
from forecast.variables import catalogue
from grids import LonLat

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=REFUSALS)


@router.get("/places", response_model=Places, summary="Places by name, code or coordinates")
def places(
    request: Request,
    q: Annotated[
        str | None, Query(min_length=1, max_length=200, description="what people type")
    ] = None,
    near: Annotated[
        str, Query(max_length=60, description="`lat,lon` of where one asks: nearer of equals first")
    ] = "",
    lat: Annotated[str, Query(max_length=30, description="degrees north, instead of q")] = "",
    lon: Annotated[str, Query(max_length=30, description="degrees east, instead of q")] = "",
    kind: Annotated[
        str,
        Query(max_length=60, description=f"only such places, by comma: {', '.join(NAMED_KINDS)}"),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> dict[str, Any]:
    """Find places by `q`, best first, or those around `lat` and `lon`, nearest first.

    `region` is the one that answers for each; `distance_m` is from `near` or from `lat`, `lon`.
    The code of a township or village that no list has answers with what it lies in and a `note`.
    """
    service: ForecastService = request.app.state.service
    if q is None:
        point = _point(f"{lat},{lon}", name="lat and lon") if lat or lon else None
        if point is None or near:
            raise InvalidRequest(
                "no place was asked; give q (a name, with near=lat,lon if you like), or lat and"
                " lon in degrees"
            )
        return {"places": places_around(service, point, limit=limit, kinds=_kinds(kind))}
    if lat or lon:
        raise InvalidRequest("q and lat, lon were both asked; allowed is one of them")
    asker = _point(near, name="near") if near else None
    return {"places": found_places(service, q, limit=limit, near=asker, kinds=_kinds(kind))}


def _kinds(text: str) -> frozenset[str]:
    """Kinds of places by comma; none are all."""
    kinds = frozenset(part.strip() for part in text.split(",")) - {""}
    if not kinds.issubset(NAMED_KINDS):
        raise InvalidRequest(f"kind {text!r} was asked; allowed are {', '.join(NAMED_KINDS)}")
    return kinds


def _point(text: str, *, name: str) -> LonLat:
    """A point from latitude and longitude by comma."""
    numbers = read_numbers(text, name=name)
    if len(numbers) != 2:
        raise InvalidRequest(
            f"{name} {text!r} was asked; allowed are latitude and longitude, as in 39.45,117.72"
        )
    return LonLat(longitude=numbers[1], latitude=numbers[0])


@router.get("/regions", response_model=Regions, summary="Regions of this service")
def regions(request: Request) -> dict[str, Any]:
    """List the regions with their boxes, grids and labels."""
    service: ForecastService = request.app.state.service
    return {
        "regions": [
            {
                "name": served.region.name,
                "label_zh": served.region.label_zh,
                "label_en": served.region.label_en,
                "timezone": served.region.timezone,
                "box": str(served.bounds),
                "rows": served.region.grid.rows,
                "columns": served.region.grid.columns,
                "spacing_degrees": served.region.grid.latitude_spacing,
            }
            for served in service.served
        ]
    }


@router.get("/variables", response_model=Variables, summary="The vocabulary")
def variables() -> dict[str, Any]:
    """List every variable with its unit, range and labels in Chinese and English."""
    return {
        "variables": [
            {
                "name": entry.name,
                "units": entry.units,
                "standard_name": entry.standard_name or None,
                "cell_method": entry.cell_method,
                "valid_min": entry.valid_min,
                "valid_max": entry.valid_max,
                "role": entry.role,
                "label_zh": entry.label_zh,
                "label_en": entry.label_en,
            }
            for entry in catalogue().values()
        ]
    }


@router.get("/cycles", response_model=Cycles, summary="Published cycles of a region")
def cycles(
    request: Request, region: Annotated[str, Query(max_length=64, description="its name")]
) -> dict[str, Any]:
    """List the published cycles, last published first."""
    service: ForecastService = request.app.state.service
    return {
        "region": region,
        "cycles": [
            {
                "cycle": entry.cycle_id,
                "run_time": iso(entry.reference_time),
                "source": entry.source,
                "simulated": entry.simulated,
                "published_at": entry.published_at,
                "current": entry.current,
                "withdrawn": entry.withdrawn,
                "damaged": entry.damaged,
            }
            for entry in service.region(region).store.list_cycles()
        ],
    }
