"""What must be known before advice is followed: who answers for it, and what it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from forecast.advise.advice import Advice
from forecast.advise.advisory import Advisory
from forecast.advise.profile import CropProfile
from forecast.advise.profile.kernels import kernels
from forecast.advise.profile.names import measures
from forecast.advise.profile.parts import Text
from forecast.advise.profile.wording import Language
from forecast.advise.unjudged import FEW, lacks_soil
from forecast.advise.weather import Weather
from forecast.advise.words.catalogue import LANGUAGES, table

SPOKEN: Final = frozenset({"watch", "warn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What caveats are told of.

    Attributes:
        profile: of the crop.
        weather: that was judged.
        advice: what was said.
        about: passport of the cycle.
        today: date of the place.
    """

    profile: CropProfile
    weather: Weather
    advice: Advice
    about: Mapping[str, Any]
    today: date


def caveats(basis: Basis) -> list[Mapping[str, str]]:
    """What must be known of an answer, the weightiest first, each in both languages.

    Args:
        basis: of the answer.
    """
    found: tuple[_Told, ...] = (
        *_of_cycle(basis),
        *_of_profile(basis),
        *_of_field(basis),
        *_of_season(basis),
    )
    return [{"id": name} | {**_said("caveat", name, slots)} for name, slots in found]


def height_words(*, model_m: float, used_m: float, added_k: float | None) -> dict[Language, str]:
    """Why advice for a height is not that for another one in the same cell of the model.

    Args:
        model_m: height of the model's ground, m.
        used_m: height that is answered for, m.
        added_k: what the terrain added to the temperature on average, K; None where not known.
    """
    slots = {"model": f"{model_m:.0f}", "used": f"{used_m:.0f}"}
    if added_k is None:
        return _said("height", "unknown", {"zh": slots, "en": slots})
    if round(added_k, 1) == 0:
        return _said("height", "alike", {"zh": slots, "en": slots})
    slots["kelvin"] = f"{added_k:+.1f}".replace("-", "\N{MINUS SIGN}")
    return _said("height", "told", {"zh": slots, "en": slots})


def source_words(*, label: str, members: int, attribution: str) -> dict[Language, str]:
    """Where a forecast is from, as a sentence.

    Args:
        label: the source in words.
        members: how many forecasts there are.
        attribution: that its licence asks for; may be empty.
    """
    slots = {"label": label, "members": members, "attribution": attribution.rstrip(".。")}
    key = "named" if attribution else "plain"
    return _said("source", key, {"zh": slots, "en": slots})


_Told = tuple[str, Mapping[str, Mapping[str, Any]]]
"""Key of a sentence, and what it is filled in with, by language."""


def _of_cycle(basis: Basis) -> Iterator[_Told]:
    about, age = basis.about, basis.about["age"]
    if about["simulated"]:
        yield _alike("simulated")
    if age["state"] == "stale":
        yield _alike("stale", hours=f"{age['hours']:.0f}")
    if about["degraded"]:
        yield _alike("degraded")
    if "realization" not in basis.weather.hourly.dims:
        yield _alike("single")
    few = [one for one in basis.advice.advisories if one.no_data == FEW]
    if few:
        needed = max(one.members_needed or 0 for one in few)
        yield _alike("few_members", members=few[0].members, needed=needed)
    asked = dict.fromkeys(name for one in basis.advice.advisories for name in one.lacking)
    lacking = [name for name in asked if not lacks_soil([name])]
    if lacking:
        yield "lacking", _listed([_label(name) for name in lacking])


def _of_profile(basis: Basis) -> Iterator[_Told]:
    profile = basis.profile
    if profile.maintainer.signed is None:
        yield _alike("unsigned", profile=profile.label)
    if basis.today > profile.review_by:
        yield _alike("overdue", profile=profile.label, day=profile.review_by)
    if basis.today < profile.valid_from:
        yield _alike("not_valid_yet", profile=profile.label, day=profile.valid_from)
    yield "region", {"zh": {"region": profile.region.zh}, "en": {"region": profile.region.en}}
    names = [text for one in basis.advice.advisories if (text := _unfounded(one)) is not None]
    if names:
        yield "memory", _listed([(text.zh, text.en) for text in names])


def _of_field(basis: Basis) -> Iterator[_Told]:
    advice = basis.advice
    if advice.stages and all(stage.reason == "calendar" for stage in advice.stages):
        yield _alike("calendar")
    water = [part for part in (advice.irrigation, advice.standing_water) if part is not None]
    assumed = [part.soil for part in water if part.soil_assumed]
    if assumed:
        soil = _book()["soil"][assumed[0]]
        yield "assumed_soil", {language: {"soil": soil[language]} for language in LANGUAGES}
    if advice.irrigation is not None and advice.irrigation.start == "assumed":
        yield _alike("assumed_moisture")
    dry = [one.rule_name for one in advice.advisories if lacks_soil(one.lacking)]
    names = [(name.zh, name.en) for name in dry if name is not None]
    if names:
        yield "no_moisture", _listed(names)
    kept = basis.about.get("soil_water")
    if kept is not None and kept["trouble"]:
        yield _alike("damaged_moisture")
    elif kept is not None and advice.irrigation is not None and advice.irrigation.start == "kept":
        yield _alike("kept_moisture", day=kept["assumed_from"])
    if advice.irrigation is not None and advice.irrigation.season_assumed:
        yield _alike("assumed_season")
    if advice.standing_water is not None and advice.standing_water.caveat:
        yield _alike("plain")


def _of_season(basis: Basis) -> Iterator[_Told]:
    season = basis.weather.season
    if season is None:
        return
    days: Mapping[str, int] = season.about.get("days", {})
    for name, key in (("normals", "normals"), ("missing_days", "missing")):
        if days.get(key):
            yield _alike(name, count=days[key])
    if basis.advice.phenology and season.years is None:
        yield _alike("no_years")


def _said(kind: str, name: str, slots: Mapping[str, Mapping[str, Any]]) -> dict[Language, str]:
    """A sentence of `data/words/answer.toml` in both languages."""
    texts = _book()[kind][name]
    return {language: texts[language].format(**slots[language]) for language in LANGUAGES}


@cache
def _book() -> Mapping[str, Any]:
    return table("answer")


def _alike(name: str, **slots: Any) -> _Told:
    """A sentence whose slots are the same in both languages."""
    return name, {"zh": slots, "en": slots}


def _listed(names: Sequence[tuple[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """Names in Chinese and English as the slot `names`, each once."""
    once = list(dict.fromkeys(names))
    return {
        "zh": {"names": "、".join(zh for zh, _ in once)},
        "en": {"names": ", ".join(en for _, en in once)},
    }


def _label(name: str) -> tuple[str, str]:
    """A short name or the key of a model, as people call it."""
    known = measures().get(name) or kernels().get(name.partition("(")[0])
    return (name, name) if known is None else (known.zh, known.en)


def _unfounded(advisory: Advisory) -> Text | None:
    """Name of advice that is given and rests on memory alone."""
    given = advisory.status in SPOKEN or advisory.state in ("green", "amber")
    kinds = {citation.evidence for citation in advisory.citations.values()}
    return advisory.name if given and kinds == {"memory"} else None
