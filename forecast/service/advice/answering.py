"""Advice on one crop at one place, out of one cycle."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from forecast.advise.advice import Advice
from forecast.advise.judging import advise
from forecast.advise.weather import Weather
from forecast.errors import ForecastExpired
from forecast.service.advice.answer import AdviceAnswer
from forecast.service.advice.caveats import height_words
from forecast.service.advice.changes import Before, Chain, Memory, with_changes
from forecast.service.advice.grounds import Grounds, kept_at
from forecast.service.advice.question import AdviceQuestion, check_dates
from forecast.service.advice.scorecard import summary
from forecast.service.advice.weather import cell_of, weather_of
from forecast.service.answering import Beside, refuse_doubtful
from forecast.service.passport import EXPIRED, cell_passport, cycle_passport
from forecast.service.served import CycleFacts, ServedRegion
from forecast.times import to_datetime
from grids.lookup import CellChoice

TEMPERATURE: Final = "temperature_2m"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk:
    """What advice is worked out with, kept from one answer to the next.

    Attributes:
        memory: of what earlier cycles said.
        grounds: how the ground of the regions lies.
    """

    memory: Memory = field(default_factory=Memory)
    grounds: Grounds = field(default_factory=Grounds)

    def answer(
        self,
        question: AdviceQuestion,
        *,
        served: ServedRegion,
        beside: Beside,
        before: Before | None = None,
    ) -> AdviceAnswer:
        """Advise on a crop at one place from exactly one cycle.

        Args:
            question: on a place of the region.
            served: the region.
            beside: the clock, earlier cycles, normals and past years.
            before: what was said from the cycle before, where that is kept; else the cycles before
                are judged anew.

        Raises:
            ForecastExpired: the cycle is too old to advise from, or `strict` refuses its age.
            InvalidRequest: `strict` refuses the cell, or a day that is told cannot be.
            StoreError: nothing whole is published, or a height was asked of a cycle without
                model fields.
        """
        work = _Work(desk=self, served=served, question=question, beside=beside)
        return served.answer(
            lambda facts: work.answer(facts, before=before),
            cycle=question.cycle,
            as_of=question.as_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Work:
    """One question on its way to an answer.

    Attributes:
        desk: what is kept from one answer to the next.
        served: the region.
        question: on a place of it.
        beside: the clock, earlier cycles, normals and past years.
    """

    desk: Desk
    served: ServedRegion
    question: AdviceQuestion
    beside: Beside

    def answer(self, facts: CycleFacts, *, before: Before | None) -> AdviceAnswer:
        """Advise from a cycle."""
        question, now = self.question, self.beside.now
        about = cycle_passport(facts, now=now)
        _refuse_expired(about)
        check_dates(question, now=now, last=to_datetime(facts.cycle.times[-1]))
        choice = cell_of(facts, question.point)
        if question.strict:
            refuse_doubtful(about, choice)
        said = before or self._chain().before(facts, cell=choice)
        weather, advice = self._judged(facts, said)
        kept = kept_at(facts, choice, question=question)
        passport = {
            **about,
            **cell_passport(facts, choice, question=question.point),
            "members": {"count": facts.members.count},
            "soil_water": kept and kept.document(),
        }
        rules = [one.rule for one in advice.advisories]
        return AdviceAnswer(
            question=question,
            facts=facts,
            weather=weather,
            advice=replace(advice, advisories=with_changes(advice, said)),
            before=said,
            passport=passport,
            heights=_heights(facts, choice, weather=weather, passport=passport),
            score=summary(self.served.path, question.profile.id, rules=rules),
            now=now,
        )

    def _chain(self) -> Chain:
        """The cycles before, each judged as it would have been at the start of its run."""
        question = self.question

        def judge(older: CycleFacts, before: Before | None) -> Advice:
            then = replace(
                self,
                question=replace(question, cycle=older.cycle.id, as_of=None),
                beside=replace(self.beside, now=older.cycle.reference_time),
            )
            return then._judged(older, before)[1]  # noqa: SLF001

        return Chain(
            served=self.served,
            judge=judge,
            memory=self.desk.memory,
            field=(question.elevation, question.cell, question.profile.label, question.situation),
            until=question.as_of,
            named=question.cycle is not None,
        )

    def _judged(self, facts: CycleFacts, before: Before | None) -> tuple[Weather, Advice]:
        """The weather of the place in a cycle, and what the profile says of it."""
        question = self.question
        profile, situation = question.profile, question.situation
        weather = weather_of(
            facts, question.point, profile=profile, beside=self.beside, since=situation.sown
        )
        choice = cell_of(facts, question.point)
        ground = self.desk.grounds.at(facts, choice, question=question, now=self.beside.now)
        advice = advise(
            profile,
            weather,
            situation=situation,
            ground=ground,
            before=None if before is None else before.decisions,
        )
        return weather, advice


def _refuse_expired(about: Mapping[str, Any]) -> None:
    """Nothing is advised from an expired forecast."""
    age = about["age"]
    if age["state"] == EXPIRED:
        raise ForecastExpired(
            f"advice was asked of run {about['cycle']}, {age['hours']:.0f} h old and expired:"
            f" nothing is advised from it; run `zhitian run --region {about['region']}` for a new"
            " one"
        )


def _heights(
    facts: CycleFacts, choice: CellChoice, *, weather: Weather, passport: Mapping[str, Any]
) -> dict[str, Any]:
    """Heights of the field and of the model, and what the terrain added between them."""
    added = float(facts.correction[choice.row, choice.column])
    asked = passport["asked"]["elevation_m"]
    if asked is not None:
        added += _added_above(facts, choice, weather=weather, elevation=asked)
    kelvin = None if np.isnan(added) else round(added, 2)
    used, model = passport["elevation_used_m"], passport["model_elevation_m"]
    told = height_words(model_m=model, used_m=used, added_k=kelvin)
    return {
        "asked_m": asked,
        "cell_m": passport["cell"]["elevation_m"],
        "used_m": used,
        "model_m": model,
        "mean_temperature_correction_k": kelvin,
        "zh": told["zh"],
        "en": told["en"],
    }


def _added_above(
    facts: CycleFacts, choice: CellChoice, *, weather: Weather, elevation: float
) -> float:
    """Mean temperature at a height less that at the cell's own, K, over the forecast."""
    if facts.members.count > 1:
        members = facts.members.get()
        place = members.variables.index(TEMPERATURE)
        high, own = (
            members.at(choice.row, choice.column, elevation=at)[:, place]
            for at in (elevation, None)
        )
    else:
        cycle = facts.cycle
        high = weather.hourly[TEMPERATURE].sel(time=slice(cycle.times[0], None)).values
        own = cycle.unpack(cycle.point(choice.row, choice.column))[facts.places[TEMPERATURE]]
    return float(np.nanmean(high) - np.nanmean(own))
