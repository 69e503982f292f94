"""What there is to ask for: places, regions, variables, cycles."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from forecast.api.documents import REFUSALS
from forecast.api.listings import Cycles, Places, Regions, Variables
from forecast.service import ForecastService
from forecast.times import iso
from forecast.variables import catalogue

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=REFUSALS)


@router.get("/places", response_model=Places, summary="Places by name, pinyin or coordinates")
def places(
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=100, description="what people type")],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> dict[str, Any]:
    """Find places, best first; `region` is the one that answers for each."""
    service: ForecastService = request.app.state.service
    return {"places": service.covered_places(q, limit=limit)}


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
