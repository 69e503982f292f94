"""An answer to a question on a crop: the document, and the bulletin."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import orjson

from forecast.advise.advice import Advice
from forecast.advise.advisory import Value
from forecast.advise.profile.wording import Language
from forecast.advise.weather import Weather
from forecast.advise.words import (
    About,
    AdviceText,
    bulletin,
    irrigation_text,
    phenology_text,
    season_text,
    stage_text,
    standing_water_text,
    texts,
)
from forecast.advise.words.catalogue import LANGUAGES
from forecast.service.advice.caveats import Basis, caveats, source_words
from forecast.service.advice.changes import Before
from forecast.service.advice.crops import crop_passport
from forecast.service.advice.question import AdviceQuestion, local_date
from forecast.service.advice.summary import summary_of
from forecast.service.advice.told import about_of, ranked
from forecast.service.served import CycleFacts
from forecast.times import iso

Form = Literal["text", "html"]
Texts = Mapping[Language, AdviceText]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdviceAnswer:
    """What is said of a crop at a place, and all that it rests on.

    Attributes:
        question: what was asked.
        facts: the cycle that it was answered from.
        weather: that was judged.
        advice: what the profile says, with what changed.
        before: what the cycle before said, or None.
        passport: where every number comes from.
        heights: of the model and of the field, and what lies between them.
        score: how good such advice has proved, or why that is not known.
        now: what counts as now.
    """

    question: AdviceQuestion
    facts: CycleFacts
    weather: Weather
    advice: Advice
    before: Before | None
    passport: Mapping[str, Any]
    heights: Mapping[str, Any]
    score: Mapping[str, Any]
    now: datetime

    @property
    def about(self) -> About:
        """Place and issuer, as texts tell them."""
        elevation = self.passport["elevation_used_m"]
        return about_of(self.question, self.facts, elevation=elevation, before=self.before)

    def document(self) -> dict[str, Any]:
        """The answer as a document; a missing value is None."""
        advice, place, about = self.advice, self.question.place, self.about
        said = self.texts()
        season = self.weather.season
        return {
            "simulated": self.facts.cycle.simulated,
            "place": place.to_dict() if place else None,
            "passport": self.passport,
            "heights": self.heights,
            "timezone": self.facts.zone,
            "now": iso(self.now),
            "crop": crop_passport(self.question.profile),
            "situation": self._situation(),
            "stages": [_told(stage, stage_text(stage, about=about)) for stage in advice.stages],
            "season": None
            if season is None
            else {**season.about, "text": season_text(season, about=about)},
            "compared": None if self.before is None else self.before.document(),
            "messages": self._messages(said),
            "advisories": [
                {**one.model_dump(), "text": _dumped(said[one.rule])} for one in advice.advisories
            ],
            "timelines": [line.model_dump() for line in advice.timelines],
            "phenology": [_told(one, phenology_text(one, about=about)) for one in advice.phenology],
            **self._water(about),
            "score": self.score,
            "caveats": self.caveats(),
        }

    def to_json(self) -> bytes:
        """The answer as JSON; a missing value is null."""
        return orjson.dumps(self.document())

    def bulletin(self, form: Form, language: Language) -> str:
        """The bulletin: past weather, outlook, effect on the crop, and advice.

        Args:
            form: `text` of at most 80 columns, or `html` as one page.
            language: `zh` or `en`.
        """
        told = (self.heights, *self.caveats())
        notes = [{language: one[language] for language in LANGUAGES} for one in told]
        summary = summary_of(self.weather, sources=[self._source()], notes=notes)
        page = bulletin(self.advice, self.question.profile, about=self.about, summary=summary)
        return page.written(form, language)

    def texts(self, *, marked: bool = True) -> dict[str, Texts]:
        """What is said in both languages, by rule, window and sowing.

        Args:
            marked: whether each text says so where the forecast is simulated; only for who says
                it once for all of them.
        """
        about, profile = self.about, self.question.profile
        about = about if marked else replace(about, simulated=False)
        earlier = {} if self.before is None else self.before.advisories
        return {
            one.rule: texts(one, profile, about=about, before=earlier.get(one.rule))
            for one in self.advice.advisories
        }

    def caveats(self) -> list[Mapping[str, str]]:
        """What must be known before the advice is followed."""
        place = self.question.place
        told = [] if place is None or place.note is None else [{"id": "place", **place.note}]
        return told + caveats(
            Basis(
                profile=self.question.profile,
                weather=self.weather,
                advice=self.advice,
                about=self.passport,
                today=local_date(self.now, self.question.profile),
            )
        )

    def _source(self) -> dict[Language, str]:
        """Where the forecast is from, as a sentence of both languages."""
        passport = self.passport
        return source_words(
            label=passport["source_label"],
            members=passport["members"]["count"],
            attribution=passport["attribution"],
        )

    def _water(self, about: About) -> dict[str, Any]:
        """Watering and standing water with their sentences; None where there is nothing to say."""
        irrigation, standing = self.advice.irrigation, self.advice.standing_water
        profile = self.question.profile
        return {
            "irrigation": irrigation
            and _told(irrigation, irrigation_text(irrigation, profile, about=about)),
            "standing_water": standing
            and _told(standing, standing_water_text(standing, about=about)),
        }

    def _situation(self) -> dict[str, Any]:
        """What the farmer said, as it was understood."""
        said = self.question.situation
        return {
            "sown": said.sown and said.sown.isoformat(),
            "stage": said.report and said.report.stage,
            "stage_on": said.report and said.report.on.isoformat(),
            "covered": said.covered,
            "soil": said.soil,
            "soil_moisture": said.soil_moisture,
        }

    def _messages(self, said: Mapping[str, Texts]) -> dict[str, str | None]:
        """The most urgent message in both languages; None of a profile that says nothing."""
        first = next(iter(ranked(self.advice.advisories)), None)
        return {
            language: None if first is None else said[first.rule][language].message
            for language in LANGUAGES
        }


def _told(value: Value, text: Mapping[Language, str]) -> dict[str, Any]:
    """A value with its sentences."""
    return {**value.model_dump(), "text": dict(text)}


def _dumped(said: Texts) -> dict[str, Any]:
    return {language: text.model_dump() for language, text in said.items()}
