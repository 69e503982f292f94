"""The page at `/plain`: a form, and the answer as tables made on the server, without script."""

import tomllib
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from forecast.api.tables import day_table, hour_table
from forecast.errors import AmbiguousPlace, UnknownPlace, ZhitianError, verdict
from forecast.query.ensemble import MEASURABLE_MM
from forecast.service import ForecastService, PointSeries, ask
from forecast.times import parse_instant, zone_info
from grids import GridsError

router = APIRouter(include_in_schema=False)

PATH: Final = "/plain"
HOURS: Final = 48
CANDIDATES: Final = 8
LANGUAGES: Final = ("zh", "en")
TAGS: Final = {"zh": "zh-CN", "en": "en"}
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Vary": "Accept-Language",
}
OF_MEMBERS: Final[dict[str, Any]] = {
    "quantiles": "10,90",
    "probability": f"precipitation>={MEASURABLE_MM:g}",
}
"""What the page shows of an ensemble: the middle of the range, and the chance of rain."""

Words = dict[str, Any]


@router.get(PATH)
def home(
    request: Request,
    place: Annotated[str, Query(max_length=200)] = "",
    lang: Annotated[str, Query(max_length=8)] = "",
) -> Response:
    """Show the form and, where a place was asked, its next hours and days."""
    service: ForecastService = request.app.state.service
    language = _language(request, lang)
    words = _words()[language]
    status, content = 200, _welcome(service, words)
    if place.strip():
        status, content = _answer(service, place.strip(), words, language=language)
    body = _template().substitute(
        _escaped(words),
        lang=TAGS[language],
        place=escape(place),
        content=content,
        **_switch(language, place),
    )
    return Response(body, status_code=status, media_type="text/html", headers=HEADERS)


def _answer(
    service: ForecastService, place: str, words: Words, *, language: str
) -> tuple[int, str]:
    """Status and HTML of the answer for a place, or of why there is none."""
    try:
        series = service.series(ask(service, place=place, daily="all", hours=HOURS))
        if series.facts.members.count > 1:
            series = service.series(
                ask(service, place=place, daily="all", hours=HOURS, **OF_MEMBERS)
            )
    except (ZhitianError, GridsError) as error:
        told = verdict(error)
        sentence = words.get("problems", {}).get(told.title, str(error))
        content = f'<p class="problem">{escape(sentence)}</p>'
        if isinstance(error, UnknownPlace | AmbiguousPlace):
            content += _candidates(service, place, words, language=language)
        return told.status, content
    days = day_table(series, words, language=language, now=service.clock())
    hours = hour_table(series, words, language=language)
    return 200, _heading(series, language) + _about(service, series, words) + days + hours


def _heading(series: PointSeries, language: str) -> str:
    """The place and its province, in the language of the page where they are known in it."""
    place = series.question.place
    if place is None:
        return ""
    if language == "zh":
        above = f"（{place.province}）" if place.province else ""
        return f"<h2>{escape((place.name_zh or place.name_en) + above)}</h2>"
    above = f", {place.province_en}" if place.province_en else ""
    return f"<h2>{escape((place.name_en or place.name_zh) + above)}</h2>"


def _about(service: ForecastService, series: PointSeries, words: Words) -> str:
    """Where the numbers come from: run and age, cell and height, clock and licence."""
    passport = series.passport
    cell, age = passport["cell"], passport["age"]
    lines = [
        _filled(
            words["run"],
            source=passport["source_label"],
            run=_local(parse_instant(passport["run_time"]), series.timezone),
            age=f"{age['hours']:.0f}",
            state=words["states"][age["state"]],
        ),
        _filled(
            words["cell"],
            latitude=f"{cell['latitude']:.3f}",
            longitude=f"{cell['longitude']:.3f}",
            elevation=f"{cell['elevation_m']:.0f}",
            distance=f"{cell['distance_m'] / 1000:.1f}",
        ),
        _filled(words["members"], count=str(series.facts.members.count)) if series.columns else "",
        _filled(words["clock"], zone=series.timezone, now=_local(service.clock(), series.timezone)),
        escape(passport["attribution"]),
        _filled(words["licence"], licence=passport["licence"]) if passport["licence"] else "",
    ]
    banner = f'<p class="simulated">{escape(words["simulated"])}</p>'
    degraded = f'<p class="problem">{escape(words["degraded"])}</p>'
    return (
        (banner if passport["simulated"] else "")
        + (degraded if passport["degraded"] else "")
        + "".join(f'<p class="about">{line}</p>' for line in lines if line)
    )


def _local(instant: datetime, zone: str) -> str:
    """An instant as the clock on the wall shows it, to the minute."""
    return instant.astimezone(zone_info(zone)).strftime("%Y-%m-%d %H:%M")


def _candidates(service: ForecastService, place: str, words: Words, *, language: str) -> str:
    """Links to the places that may have been meant, those of this service first."""
    try:
        found = service.covered_places(place, limit=CANDIDATES)
    except (ZhitianError, GridsError):
        return ""
    if not found:
        return ""
    links = []
    for one in sorted(found, key=lambda entry: entry["region"] is None):
        point = f"{one['latitude']:.4f} N {one['longitude']:.4f} E"
        first, other = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
        above = one["province" if language == "zh" else "province_en"]
        href = _href(language, point)
        name = escape(one[first] or one[other])
        links.append(f'<li><a href="{href}">{name}</a> {escape(above)}</li>')
    return f"<p>{escape(words['choose'])}</p><ul>{''.join(links)}</ul>"


def _welcome(service: ForecastService, words: Words) -> str:
    label = "label_zh" if words is _words()["zh"] else "label_en"
    covered = ", ".join(
        f"{getattr(served.region, label)} ({served.bounds})" for served in service.served
    )
    regions = _filled(words["regions"], regions=covered)
    return f'<p>{escape(words["welcome"])}</p><p class="about">{regions}</p>'


def _switch(language: str, place: str) -> dict[str, str]:
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    return {"other_lang": TAGS[other], "other_href": _href(other, place)}


def _href(language: str, place: str) -> str:
    query = {"lang": language, **({"place": place} if place else {})}
    return escape(f"{PATH}?{urlencode(query)}")


def _language(request: Request, asked: str) -> str:
    """The language asked for, else the first that the browser prefers, else Chinese."""
    preferred = asked or request.headers.get("accept-language", "")
    for part in preferred.lower().split(","):
        for language in LANGUAGES:
            if part.strip().startswith(language):
                return language
    return LANGUAGES[0]


def _filled(sentence: str, **values: str) -> str:
    return Template(escape(sentence)).substitute(
        {name: escape(value) for name, value in values.items()}
    )


def _escaped(words: Words) -> dict[str, str]:
    return {name: escape(text) for name, text in words.items() if isinstance(text, str)}


@cache
def _words() -> dict[str, Words]:
    return tomllib.loads(_file("words.toml"))


@cache
def _template() -> Template:
    return Template(_file("page.html"))


def _file(name: str) -> str:
    return files("forecast").joinpath("web", "plain", name).read_text(encoding="utf-8")
