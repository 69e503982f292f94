"""`GET /tiles/base/…`: the operator's own base layer, from this origin."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from forecast.api.caching import cache_headers, content_tag, is_known
from forecast.api.documents import REFUSALS
from forecast.errors import DataError, UnknownName
from forecast.service.maps import DEEPEST, Tile
from forecast.service.maps.own_ground import MEDIA_TYPES, OwnGround, media_type
from forecast.service.maps.picture import nothing

router = APIRouter(prefix="/tiles", tags=["maps"], responses=REFUSALS)

MISSING: Final = {"X-Zhitian-Missing": "base_layer"}


@router.get(
    "/base/{z}/{x}/{y}",
    summary="The operator's own base layer",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES}}},
)
def base_tile(
    request: Request,
    z: Annotated[int, Path(ge=0, le=DEEPEST, description="0 for the world to 14")],
    x: Annotated[int, Path(ge=0, description="column of tiles, from 180 degrees west")],
    y: Annotated[int, Path(ge=0, description="row of tiles, from the north")],
) -> Response:
    """Give a tile as the operator's folder or file has it, PNG, JPEG or WebP.

    Where there is none it is transparent, and `X-Zhitian-Missing` says so.
    """
    ground: OwnGround | None = request.app.state.own_ground
    if ground is None or ground.place is None:
        raise UnknownName(
            "a tile of the base layer was asked; this installation gives none, see"
            " ZHITIAN_BASE_LAYER"
        )
    found = ground.tile(Tile(z, x, y))
    body = nothing() if found is None else found
    kind = media_type(body)
    if kind is None:
        raise DataError(f"tile {z}/{x}/{y} of the base layer is no PNG, JPEG or WebP picture")
    tag = content_tag(request, body)
    headers = cache_headers(tag, published_at="") | ({} if found else MISSING)
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)
