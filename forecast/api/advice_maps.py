"""`GET /v1/advisories/areas` and `/map`: one rule of a crop over a region."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Annotated, Any, Final, Literal

import numpy as np
import orjson
import xarray as xr
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from forecast.api.caching import cache_headers, content_tag, is_known
from forecast.api.documents import REFUSALS
from forecast.errors import InvalidRequest
from forecast.export.colours import NO_DATA, NOT_APPLICABLE, colours_of
from forecast.export.grade_png import png
from forecast.service import ForecastService
from forecast.service.advice.areas import areas as areas_of
from forecast.service.advice.areas import grade_names
from forecast.service.advice.region import RegionGrades, RegionQuestion, ask_region, refuse_expired
from forecast.service.passport import cycle_passport

router = APIRouter(prefix="/v1/advisories", tags=["advice"], responses=REFUSALS)

KEPT: Final = 16
"""Answers that stay in memory: one rule of one cycle over one box each."""

Region = Annotated[str, Query(max_length=64, description="its name")]
Crop = Annotated[str, Query(max_length=100, description="profile, its first part, or a name")]
Rule = Annotated[str, Query(max_length=60, description="one rule, window or sowing of the profile")]
Day = Annotated[str | None, Query(max_length=10, description="date, as 2025-04-12")]
Box = Annotated[str | None, Query(max_length=80, description="W,S,E,N in degrees")]
Stage = Annotated[str | None, Query(max_length=60, description="stage of all fields")]
Date = Annotated[str | None, Query(max_length=10, description="date, as 2025-04-10")]


class AreasOfGrades(BaseModel):
    """Area per grade of one rule by day; `zones` holds the region or the box that was asked."""

    simulated: bool
    passport: dict[str, Any]
    rule: str
    kind: str
    zones: list[dict[str, Any]]


class MapOfGrades(BaseModel):
    """Cells in each grade of one rule on one day, and what a picture of it shows."""

    simulated: bool
    passport: dict[str, Any]
    rule: str
    kind: str
    day: str
    box: str
    cells: dict[str, int]
    legend: list[dict[str, Any]]


class Graded:
    """Answers kept by cycle and question; one is worked out at a time, and once."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, RegionGrades] = OrderedDict()
        self._working = threading.Lock()

    def get(self, service: ForecastService, question: RegionQuestion) -> RegionGrades:
        """The answer from the cycle that is served now.

        Raises:
            ForecastExpired: the cycle is too old.
            RequestTooLarge: more work than one request may ask for.
        """
        now = service.clock()
        facts = service.region(question.region).current()
        about = cycle_passport(facts, now=now)
        refuse_expired(about)
        with self._working:
            key = (facts.cycle.id, *_key(question), now.replace(minute=0, second=0, microsecond=0))
            found = self._held.pop(key, None)
            if found is None:
                found = service.grade_region(question, limited=True)
            self._held[key] = found
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return found


@router.get("/areas", response_model=AreasOfGrades, summary="Area per grade of one rule")
def areas(
    request: Request,
    region: Region,
    crop: Crop,
    rule: Rule,
    day: Day = None,
    bbox: Box = None,
    stage: Stage = None,
    stage_on: Date = None,
    sown: Date = None,
) -> Response:
    """Say how much land is in each grade, in km2 and mu, day by day or on one day; sea is left out.

    The first answer from a cycle is work; those after it are kept. Nothing is advised from an
    expired forecast.
    """
    asked = {"crop": crop, "rules": rule, "box": bbox}
    asked |= {"stage": stage, "stage_on": stage_on, "sown": sown}
    found, passport, field = _field(request, region, asked)
    days = [] if day is None else [_place(field, day)]
    maps = xr.Dataset({str(field.name): field.isel(day=days) if days else field})
    document = {
        "simulated": passport["simulated"],
        "passport": passport,
        "rule": rule,
        "kind": field.attrs["kind"],
        "zones": areas_of(maps, found.grid, crop=found.land, name=region),
    }
    return _answered(request, document, published_at=found.published_at)


@router.get(
    "/map",
    response_model=MapOfGrades,
    responses={200: {"content": {"image/png": {}}}},
    summary="One rule on one day as a map",
)
def grade_map(
    request: Request,
    region: Region,
    crop: Crop,
    rule: Rule,
    day: Day = None,
    bbox: Box = None,
    stage: Stage = None,
    stage_on: Date = None,
    sown: Date = None,
    form: Annotated[Literal["png", "json"], Query(alias="format")] = "png",
) -> Response:
    """Draw the state of each cell, on the first day if none is given.

    The headers `X-Zhitian-…` tell legend, box, day, cycle, age and whether it is simulated.
    """
    asked = {"crop": crop, "rules": rule, "box": bbox}
    asked |= {"stage": stage, "stage_on": stage_on, "sown": sown}
    found, passport, field = _field(request, region, asked)
    plane = field.isel(day=0 if day is None else _place(field, day))
    names = grade_names(field)
    codes, counts = np.unique(plane.values, return_counts=True)
    document = {
        "simulated": passport["simulated"],
        "passport": passport,
        "rule": rule,
        "kind": field.attrs["kind"],
        "day": str(np.datetime_as_string(plane["day"].values, unit="D")),
        "box": str(found.grid.bounds),
        "cells": {names[code]: int(n) for code, n in zip(codes.tolist(), counts, strict=True)},
        "legend": _legend(field),
    }
    if form == "json":
        return _answered(request, document, published_at=found.published_at)
    body = png(plane.values, str(field.attrs["kind"]))
    return _answered(request, document, published_at=found.published_at, picture=body)


def _field(
    request: Request, region: str, asked: dict[str, Any]
) -> tuple[RegionGrades, dict[str, Any], xr.DataArray]:
    """The answer, its passport as of now, and its map of codes."""
    service: ForecastService = request.app.state.service
    if "," in asked["rules"]:
        raise InvalidRequest(f"rules {asked['rules']!r} were asked; allowed is one rule")
    question = ask_region(service, region=region, **asked)
    kept: Graded = request.app.state.graded
    found = kept.get(service, question)
    facts = service.region(region).current()
    passport = {**found.passport}
    if facts.cycle.id == passport["cycle"]:
        passport |= cycle_passport(facts, now=service.clock())
    (field,) = [one for one in found.maps.data_vars.values() if "flag_values" in one.attrs]
    return found, passport, field


def _key(question: RegionQuestion) -> tuple[Hashable, ...]:
    advice = question.advice
    return question.region, advice.profile.label, question.rules, advice.situation, question.box


def _place(field: xr.DataArray, day: str) -> int:
    dates = np.datetime_as_string(field["day"].values, unit="D").tolist()
    if day not in dates:
        raise InvalidRequest(f"day {day!r} was asked; allowed are {dates[0]} to {dates[-1]}")
    return int(dates.index(day))


def _legend(field: xr.DataArray) -> list[dict[str, Any]]:
    colours = {-2: NOT_APPLICABLE, -1: NO_DATA, **colours_of(str(field.attrs["kind"]))}
    labels = [str(field.attrs[f"labels_{lang}"]).split("; ") for lang in ("zh", "en")]
    return [
        {
            "grade": name,
            "zh": zh,
            "en": en,
            "colour": "#{:02x}{:02x}{:02x}".format(*colours[code]),
        }
        for (code, name), zh, en in zip(grade_names(field).items(), *labels, strict=True)
    ]


def _answered(
    request: Request,
    document: dict[str, Any],
    *,
    published_at: str,
    picture: bytes | None = None,
) -> Response:
    passport = document["passport"]
    lasting = {**passport, "age": passport["age"]["state"], "created": None}
    tag = content_tag(request, orjson.dumps({**document, "passport": lasting}))
    headers = cache_headers(tag, published_at=published_at)
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    if picture is None:
        return Response(orjson.dumps(document), media_type="application/json", headers=headers)
    told = {
        "legend": orjson.dumps(document["legend"]).decode("utf-8"),
        **{name: document[name] for name in ("box", "day", "rule")},
        "cycle": passport["cycle"],
        "age": passport["age"]["state"],
        "simulated": "true" if document["simulated"] else "false",
    }
    headers |= {f"X-Zhitian-{name.title()}": _ascii(str(text)) for name, text in told.items()}
    return Response(picture, media_type="image/png", headers=headers)


def _ascii(text: str) -> str:
    """A text as a header may hold it: other letters as JSON escapes them."""
    return "".join(one if one.isascii() else f"\\u{ord(one):04x}" for one in text)
