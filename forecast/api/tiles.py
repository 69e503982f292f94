"""`GET /tiles/…`: fields, quantiles, grades, relief and water as tiles of a web map."""

import asyncio
import re
import time as clocks
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from forecast.api.caching import cache_headers, content_tag, is_known
from forecast.api.documents import REFUSALS
from forecast.errors import DeadlineExceeded, InvalidRequest
from forecast.service.maps import DEEPEST, Atlas, Picture, Tile
from forecast.service.maps.grading import Block, GradedBlocks
from forecast.service.passport import age_state
from forecast.times import parse_instant


class Png(Response):
    """A picture."""

    media_type = "image/png"


class Raw(Response):
    """256 x 256 numbers, row by row from the north-west, int16 little-endian."""

    media_type = "application/octet-stream"


router = APIRouter(prefix="/tiles", tags=["maps"], default_response_class=Png, responses=REFUSALS)

LASTING: Final = "public, max-age=604800, immutable"
"""For tiles of named cycles, which never change; those of the current one follow it."""

WAIT_S: Final = 120.0
"""How long a tile of grades waits for what is being worked out."""

SLOW_S: Final = 0.1
"""Work from which an answer says how long it took."""

_LONGEST_LIST: Final = 2000
_HOUR: Final = re.compile(
    r"\d{8}T?\d{2}(00)?Z?|\d{4}-\d{2}-\d{2}[T ]\d{2}(:00(:00)?)?(Z|\+00:?00)?"
)

Draw = Callable[[Atlas, Tile, list[str]], Picture]

Zoom = Annotated[int, Path(ge=0, le=DEEPEST, description="0 for the world to 14")]
Across = Annotated[int, Path(ge=0, description="column of tiles, from 180 degrees west")]
Down = Annotated[int, Path(ge=0, description="row of tiles, from the north")]
Crop = Annotated[str, Path(max_length=100, description="profile, its first part, or a name")]
Rule = Annotated[str, Path(max_length=60, description="one rule, window or sowing")]
Day = Annotated[str, Path(max_length=10, description="date, as 2025-04-12")]
Stage = Annotated[str | None, Query(max_length=60, description="stage of all fields")]
Cycles = Annotated[
    str, Query(max_length=_LONGEST_LIST, description="cycles by comma, one for each region")
]


@router.get("/{variable}/{time}/{z}/{x}/{y}.png", summary="A variable at an hour")
def variable_tile(
    request: Request,
    variable: Annotated[str, Path(max_length=64, description="its name")],
    time: Annotated[str, Path(max_length=30, description="hour, as 20250410T06Z")],
    z: Zoom,
    x: Across,
    y: Down,
    cycle: Cycles = "",
    quantile: Annotated[int | None, Query(description="10, 50 or 90, over the members")] = None,
) -> Response:
    """Draw the value of the cell under each pixel, or a quantile of it over the members.

    Transparent outside of all regions and where there is no value.
    """
    hour = _hour(time)

    def draw(atlas: Atlas, tile: Tile, cycles: list[str]) -> Picture:
        return atlas.variable(tile, variable, time=hour, level=quantile, cycles=cycles)

    return _answered(request, Tile(z, x, y), draw, cycle=cycle)


@router.get(
    "/{variable}/{time}/{z}/{x}/{y}.int16",
    summary="The numbers of a variable at an hour",
    response_class=Raw,
)
def variable_counts(
    request: Request,
    variable: Annotated[str, Path(max_length=64, description="its name")],
    time: Annotated[str, Path(max_length=30, description="hour, as 20250410T06Z")],
    z: Zoom,
    x: Across,
    y: Down,
    cycle: Cycles = "",
    quantile: Annotated[int | None, Query(description="10, 50 or 90, over the members")] = None,
) -> Response:
    """Give what the picture of the same name draws as numbers: `counts_per_unit` make a unit.

    256 x 256 of them, row by row from the north-west, int16 little-endian; -32768 where nothing is.
    """
    hour = _hour(time)

    def draw(atlas: Atlas, tile: Tile, cycles: list[str]) -> Picture:
        return atlas.counts(tile, variable, time=hour, level=quantile, cycles=cycles)

    return _answered(request, Tile(z, x, y), draw, cycle=cycle, form=Raw)


@router.get("/hillshade/{z}/{x}/{y}.png", summary="Relief")
def hillshade_tile(request: Request, z: Zoom, x: Across, y: Down, cycle: Cycles = "") -> Response:
    """Draw the product's own terrain in the light of a low sun from the north-west."""
    return _answered(
        request,
        Tile(z, x, y),
        lambda atlas, tile, named: atlas.hillshade(tile, cycles=named),
        cycle=cycle,
    )


@router.get("/water/{z}/{x}/{y}.png", summary="Water")
def water_tile(request: Request, z: Zoom, x: Across, y: Down, cycle: Cycles = "") -> Response:
    """Draw the cells that hold more water than land."""
    return _answered(
        request,
        Tile(z, x, y),
        lambda atlas, tile, named: atlas.water(tile, cycles=named),
        cycle=cycle,
    )


@router.get("/advice/{crop}/{rule}/{day}/{z}/{x}/{y}.png", summary="Grades of a rule on a day")
async def advice_tile(
    request: Request,
    crop: Crop,
    rule: Rule,
    day: Day,
    z: Zoom,
    x: Across,
    y: Down,
    stage: Stage = None,
) -> Response:
    """Draw the state of the rule in each cell, in colours and patterns.

    The first tile of a rule is work of seconds; those after it are kept. Nothing is advised from
    an expired forecast.
    """
    tile, begun = Tile(z, x, y), clocks.perf_counter()
    grades, blocks = await _graded(request, tile, rule=rule, crop=crop, stage=stage)
    picture = await run_in_threadpool(grades.picture, tile, blocks, day=day)
    return _given(request, picture, named=False, begun=begun)


@router.get(
    "/advice/{crop}/{rule}/{day}/{z}/{x}/{y}.int16",
    summary="The codes of a rule on a day",
    response_class=Raw,
)
async def advice_codes(
    request: Request,
    crop: Crop,
    rule: Rule,
    day: Day,
    z: Zoom,
    x: Across,
    y: Down,
    stage: Stage = None,
) -> Response:
    """Give what the picture of the same name draws as codes, as in the legend of `/v1/layers`.

    256 x 256 of them, row by row from the north-west, int16 little-endian; -32768 where nothing is.
    """
    tile, begun = Tile(z, x, y), clocks.perf_counter()
    grades, blocks = await _graded(request, tile, rule=rule, crop=crop, stage=stage)
    codes = await run_in_threadpool(grades.counts, tile, blocks, day=day)
    return _given(request, codes, named=False, begun=begun, form=Raw)


async def _graded(
    request: Request, tile: Tile, *, rule: str, **asked: str | None
) -> tuple[GradedBlocks, list[Block]]:
    """The blocks under a tile, once they are worked out.

    Raises:
        InvalidRequest: more than one rule.
        DeadlineExceeded: it takes longer than one waits.
    """
    if "," in rule:
        raise InvalidRequest(f"rules {rule!r} were asked; allowed on a map is one rule")
    grades: GradedBlocks = request.app.state.atlas.grades
    waiting = await run_in_threadpool(grades.under, tile, rule=rule, **asked)
    try:
        async with asyncio.timeout(WAIT_S):
            return grades, [await asyncio.shield(asyncio.wrap_future(one)) for one in waiting]
    except TimeoutError:
        raise DeadlineExceeded(
            f"advice by {rule!r} on a map was asked; it is still being worked out: ask again in a"
            " minute"
        ) from None


def _answered(
    request: Request,
    tile: Tile,
    draw: Draw,
    *,
    cycle: str,
    form: type[Response] = Png,
) -> Response:
    """Draw a tile of the cycles that are named, or of the current ones."""
    atlas: Atlas = request.app.state.atlas
    cycles, begun = [name for name in cycle.split(",") if name], clocks.perf_counter()
    picture = draw(atlas, tile, cycles)
    return _given(request, picture, named=bool(cycles), begun=begun, form=form)


def _given(
    request: Request,
    picture: Picture,
    *,
    named: bool,
    begun: float,
    form: type[Response] = Png,
) -> Response:
    """The tile with its headers, or that the client already has it."""
    tag = content_tag(request, picture.body)
    headers = cache_headers(tag, published_at="")
    if named and not picture.missing:
        headers = {"ETag": tag, "Cache-Control": LASTING}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    seconds = clocks.perf_counter() - begun
    if seconds >= SLOW_S:
        headers["Server-Timing"] = f"work;dur={seconds * 1e3:.0f}"
    headers |= _told(picture, None if named else request.app.state.service.clock())
    return form(picture.body, headers=headers)


def _told(picture: Picture, now: datetime | None) -> dict[str, str]:
    """What a tile says of itself; how old it is only where it is not kept for long."""
    cycles = [facts.cycle for facts in picture.shown.values()]
    told = {
        "Cycle": ",".join(sorted(cycle.id for cycle in cycles)),
        "Simulated": str(any(cycle.simulated for cycle in cycles)).lower(),
    }
    if now is not None and cycles:
        oldest = min(cycle.reference_time for cycle in cycles)
        told["Age"] = age_state((now - oldest).total_seconds() / 3600.0)
    if picture.missing:
        told["Missing"] = ",".join(sorted(picture.missing))
    return {f"X-Zhitian-{name}": text for name, text in told.items()}


def _hour(text: str) -> datetime:
    """Read a whole hour in UTC."""
    if _HOUR.fullmatch(text) is None:
        raise InvalidRequest(
            f"time {text[:30]!r} was asked; allowed is a whole hour in UTC, as in 20250410T06Z or"
            " 2025-04-10T06:00Z"
        )
    return parse_instant(text)
