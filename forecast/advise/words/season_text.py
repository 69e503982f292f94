"""The stage of the crop, the dates of its stages, and the days that they rest on, as sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from forecast.advise.advice import StageDate, StageNow
from forecast.advise.profile.wording import LIST_SEPARATOR, Language
from forecast.advise.weather import Season
from forecast.advise.words.about import About
from forecast.advise.words.catalogue import said, sentence
from forecast.advise.words.confidence import tens
from forecast.advise.words.moments import full_date
from forecast.advise.words.paragraph import in_both


def stage_text(stage: StageNow, *, about: About) -> dict[Language, str]:
    """A stage that the crop is in, or may be, and what tells it."""
    return in_both(about, lambda language: [_stage(stage, language)])


def stages_sentences(
    stages: Sequence[StageNow], *, about: About, language: Language
) -> Iterator[str]:
    """The stages of today; several of the calendar in one sentence, since fields differ.

    Args:
        stages: that the crop is in, or may be.
        about: place and issuer.
        language: of the text.
    """
    if len(stages) > 1 and all(stage.reason == "calendar" for stage in stages):
        names = LIST_SEPARATOR[language].join(said(stage.name, language) for stage in stages)
        yield sentence("stage.several", language, names=names)
        return
    for stage in stages:
        yield stage_text(stage, about=about)[language]


def phenology_text(stage: StageDate, *, about: About) -> dict[Language, str]:
    """When a stage is reached, and how sure that is."""
    return in_both(about, lambda language: _dates(stage, language))


def season_text(season: Season, *, about: About) -> dict[Language, str]:
    """How many days of the year are past, forecast, long-term means, or not known."""
    days = Counter(str(origin) for origin in season.days["origin"].values)
    counts = {name: str(days[name]) for name in ("past", "forecast", "normals", "missing")}
    if not days["missing"]:
        counts.pop("missing")
    key = "season.missing" if days["missing"] else "season.whole"
    return in_both(about, lambda language: [sentence(key, language, **counts)])


def _stage(stage: StageNow, language: Language) -> str:
    name = said(stage.name, language)
    if stage.reason == "not known":
        return sentence("stage.unknown", language, name=name)
    chance = stage.probability
    if stage.reason == "degree-days" and chance is not None and chance < 1.0:
        return sentence("stage.chance", language, name=name, tens=tens(chance, language))
    return sentence(f"stage.{stage.reason}", language, name=name)


def _dates(stage: StageDate, language: Language) -> Iterator[str]:
    name = said(stage.name, language)
    if stage.reached is not None:
        yield sentence("phenology.reached", language, name=name, date=_day(stage.reached, language))
        return
    told = {"early": stage.p10, "middle": stage.p50, "late": stage.p90}
    days = {key: _day(text, language) for key, text in told.items() if text is not None}
    yield sentence(f"phenology.{_form(stage)}", language, name=name, **days)
    chance = stage.chance_in_forecast
    if chance is not None and 0.0 < chance < 1.0:
        yield sentence("phenology.chance", language, tens=tens(chance, language))


def _form(stage: StageDate) -> str:
    if stage.p10 is None:
        return "never"
    if stage.p50 is None:
        return "early"
    if stage.p90 is None:
        return "open_end"
    return "range" if stage.years else "narrow"


def _day(text: str, language: Language) -> str:
    return full_date(date.fromisoformat(text), language)
