"""An answer to a question on a crop: the document, and the bulletin."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from forecast.advise.advice import Advice
from forecast.advise.profile.wording import Language
from forecast.advise.weather import Weather
from forecast.advise.words import About, AdviceText, texts
from forecast.advise.words.catalogue import LANGUAGES
from forecast.service.advice.caveats import Basis, caveats
from forecast.service.advice.changes import Before
from forecast.service.advice.crops import crop_passport
from forecast.service.advice.question import AdviceQuestion, local_date
from forecast.service.advice.told import about_of, ranked
from forecast.service.served import CycleFacts
from forecast.times import iso

NOT_SCORED: Final = "no issued advice of this crop was scored yet"

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
        now: what counts as now.
    """

    question: AdviceQuestion
    facts: CycleFacts
    weather: Weather
    advice: Advice
    before: Before | None
    passport: Mapping[str, Any]
    heights: Mapping[str, Any]
    now: datetime

    @property
    def about(self) -> About:
        """Place and issuer, as texts tell them."""
        elevation = self.passport["elevation_used_m"]
        return about_of(self.question, self.facts, elevation=elevation, before=self.before)

    def document(self) -> dict[str, Any]:
        """The answer as a document; a missing value is None."""
        advice, place = self.advice, self.question.place
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
            "stages": [stage.model_dump() for stage in advice.stages],
            "season": None if season is None else dict(season.about),
            "compared": None if self.before is None else self.before.document(),
            "messages": self._messages(said),
            "advisories": [
                {**one.model_dump(), "text": _dumped(said[one.rule])} for one in advice.advisories
            ],
            "timelines": [line.model_dump() for line in advice.timelines],
            "phenology": [date.model_dump() for date in advice.phenology],
            "irrigation": advice.irrigation and advice.irrigation.model_dump(),
            "standing_water": advice.standing_water and advice.standing_water.model_dump(),
            "score": {"measured": False, "reason": NOT_SCORED, "rules": []},
            "caveats": self.caveats(),
        }

    def to_json(self) -> bytes:
        """The answer as JSON; a missing value is null."""
        return orjson.dumps(self.document())

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

    def caveats(self) -> list[dict[str, str]]:
        """What must be known before the advice is followed."""
        return caveats(
            Basis(
                profile=self.question.profile,
                weather=self.weather,
                advice=self.advice,
                about=self.passport,
                today=local_date(self.now, self.question.profile),
            )
        )

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


def _dumped(said: Texts) -> dict[str, Any]:
    return {language: text.model_dump() for language, text in said.items()}
