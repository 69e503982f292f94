"""The page at `/plain`: a form, and the answer as tables made on the server, without script."""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from forecast.advise.profile.wording import Language
from forecast.api.plain_advice import advice_section, crop_options
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
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
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

CURRENT: Final = ("fresh", "late")

Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page was asked: place and crop as typed, and its language."""

    place: str
    crop: str
    language: Language


@router.get(PATH)
def home(
    request: Request,
    place: Annotated[str, Query(max_length=200)] = "",
    lang: Annotated[str, Query(max_length=8)] = "",
    crop: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Show the form and, where a place was asked, advice on a crop and the next hours and days."""
    service: ForecastService = request.app.state.service
    asked = _Asked(place.strip(), crop.strip(), _language(request, lang))
    words = _words()[asked.language]
    status, content = 200, _welcome(service, words)
    if asked.place:
        status, content = _answer(service, asked, words)
    body = _template().substitute(
        _escaped(words),
        lang=TAGS[asked.language],
        place=escape(place),
        crops=crop_options(service, chosen=asked.crop, language=asked.language),
        content=content,
        **_links(asked),
    )
    return Response(body, status_code=status, media_type="text/html", headers=HEADERS)


def _answer(service: ForecastService, asked: _Asked, words: Words) -> tuple[int, str]:
    """Status and HTML of the answer for a place, or of why there is none."""
    question: dict[str, Any] = {"place": asked.place, "daily": "all", "hours": HOURS}
    try:
        series = service.series(ask(service, **question))
        if series.facts.members.count > 1:
            series = service.series(ask(service, **question, **OF_MEMBERS))
    except (ZhitianError, GridsError) as error:
        content = _problem(error, words)
        if isinstance(error, UnknownPlace | AmbiguousPlace):
            content += _candidates(service, asked, words)
        return verdict(error).status, content
    language = asked.language
    status, advice = _advice(service, asked, words)
    days = day_table(series, words, language=language, now=service.clock())
    hours = hour_table(series, words, language=language)
    told = _heading(series, language) + _age(series, words, language=language)
    return status, told + advice + days + hours + _about(service, series, words)


def _advice(service: ForecastService, asked: _Asked, words: Words) -> tuple[int, str]:
    """Status and HTML of the advice; a hint where no crop was chosen, and why there is none."""
    if not asked.crop:
        return 200, f'<p class="about">{escape(words["no_crop"])}</p>'
    try:
        told = advice_section(
            service, place=asked.place, crop=asked.crop, words=words, language=asked.language
        )
    except (ZhitianError, GridsError) as error:
        return verdict(error).status, _problem(error, words)
    return 200, told


def _problem(error: ZhitianError | GridsError, words: Words) -> str:
    sentence = words.get("problems", {}).get(verdict(error).title, str(error))
    return f'<p class="problem">{escape(sentence)}</p>'


def _heading(series: PointSeries, language: str) -> str:
    """The place and its province, in the language of the page where they are known in it."""
    place = series.question.place
    if place is None:
        return ""
    note = "" if place.note is None else f'<p class="problem">{escape(place.note[language])}</p>'
    if language == "zh":
        above = f"（{place.province}）" if place.province else ""
        return f"<h2>{escape((place.name_zh or place.name_en) + above)}</h2>{note}"
    above = f", {place.province_en}" if place.province_en else ""
    return f"<h2>{escape((place.name_en or place.name_zh) + above)}</h2>{note}"


def _age(series: PointSeries, words: Words, *, language: Language) -> str:
    """Whether it is simulated or degraded, which run it is, and how old."""
    passport = series.passport
    age = passport["age"]
    run = _filled(
        words["run"],
        source=passport["source_label_zh" if language == "zh" else "source_label"],
        run=_local(parse_instant(passport["run_time"]), series.timezone),
        age=f"{age['hours']:.0f}",
        state=words["states"][age["state"]],
    )
    told = [f'<p class="{"about" if age["state"] in CURRENT else "problem"}">{run}</p>']
    for name in ("degraded", "simulated"):
        if passport[name]:
            told.insert(0, f'<p class="{name}">{escape(words[name])}</p>')
    return "".join(told)


def _about(service: ForecastService, series: PointSeries, words: Words) -> str:
    """Where the numbers come from: cell and height, clock and licence."""
    passport = series.passport
    cell = passport["cell"]
    lines = [
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
    return "".join(f'<p class="about">{line}</p>' for line in lines if line)


def _local(instant: datetime, zone: str) -> str:
    """An instant as the clock on the wall shows it, to the minute."""
    return instant.astimezone(zone_info(zone)).strftime("%Y-%m-%d %H:%M")


def _candidates(service: ForecastService, asked: _Asked, words: Words) -> str:
    """Links to the places that may have been meant, those of this service first."""
    try:
        found = service.covered_places(asked.place, limit=CANDIDATES)
    except (ZhitianError, GridsError):
        return ""
    if not found:
        return ""
    links, language = [], asked.language
    for one in sorted(found, key=lambda entry: entry["region"] is None):
        point = f"{one['latitude']:.4f} N {one['longitude']:.4f} E"
        first, other = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
        above = one["province" if language == "zh" else "province_en"]
        href = _href(replace(asked, place=point))
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


def _links(asked: _Asked) -> dict[str, str]:
    """Addresses of the page in the other language, and of the full page in this one."""
    other = LANGUAGES[1 - LANGUAGES.index(asked.language)]
    return {
        "other_lang": TAGS[other],
        "other_href": _href(replace(asked, language=other)),
        "full_href": _href(asked, path="/"),
    }


def _href(asked: _Asked, *, path: str = PATH) -> str:
    query = {"lang": asked.language, "place": asked.place, "crop": asked.crop}
    return escape(f"{path}?{urlencode({name: text for name, text in query.items() if text})}")


def _language(request: Request, asked: str) -> Language:
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
