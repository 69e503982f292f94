"""The bulletin in the four paragraphs of the agencies: past weather, outlook, effect, advice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from forecast.advise.advice import Advice
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.wording import Language
from forecast.advise.words import moments
from forecast.advise.words.about import About
from forecast.advise.words.catalogue import phrase_of, said, sentence
from forecast.advise.words.day_table import DayTable, day_table
from forecast.advise.words.effects import actions, effects
from forecast.advise.words.page_html import page_html
from forecast.advise.words.page_text import page_text
from forecast.advise.words.pages import Page, Section
from forecast.advise.words.summary import WeatherSummary
from forecast.advise.words.weather_text import outlook_sentences, past_sentences

Form = Literal["text", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A bulletin on a crop at a place, to be written in a form and a language.

    Attributes:
        advice: what is said.
        profile: of the crop.
        about: place, zone, issuer, number.
        summary: the weather.
    """

    advice: Advice
    profile: CropProfile
    about: About
    summary: WeatherSummary

    def written(self, form: Form, language: Language) -> str:
        """The bulletin as text of at most 80 columns, or as one HTML page of A4 size.

        Args:
            form: `text` or `html`.
            language: `zh` or `en`.
        """
        page = self._page(language)
        return page_html(page) if form == "html" else page_text(page)

    def _page(self, language: Language) -> Page:
        about = self.about
        # the page says once for all that it is simulated
        plain = replace(about, simulated=False)
        summary, advice, profile = self.summary, self.advice, self.profile
        effect = effects(advice, profile, about=plain, language=language)
        action = actions(advice, profile, about=plain, language=language)
        return Page(
            language=language,
            issuer=about.issuer(language),
            product=phrase_of("bulletin.product", language),
            number=_number(about, language),
            date=moments.full_date(_today(advice, about), language, year=True),
            subject=said(profile.name, language),
            place=_place(about, language),
            banner=phrase_of("bulletin.simulated", language) if about.simulated else "",
            sections=(
                _section("past", past_sentences(summary.past, language), language),
                _section("outlook", outlook_sentences(summary.outlook, language), language),
                _section("effect", effect, language),
                _section("advice", action, language, listed=True),
            ),
            table_title=phrase_of("bulletin.heading.days", language),
            table=self._table(language),
            table_key=phrase_of("days.key", language),
            foot=tuple(self._foot(language)),
            notes=tuple(note[language] for note in summary.notes),
        )

    def _table(self, language: Language) -> DayTable:
        return day_table(
            self.advice,
            self.profile,
            outlook=self.summary.outlook,
            zone=self.about.zone,
            language=language,
        )

    def _foot(self, language: Language) -> Iterator[str]:
        about, advice = self.about, self.advice
        yield from (source[language] for source in self.summary.sources)
        if advice.advisories:
            at = moments.utc(advice.advisories[0].issued)
            cycle = moments.instant(at, zone=about.zone, language=language)
            yield sentence("foot.cycle", language, cycle=cycle)
        yield sentence("foot.profile", language, profile=self.profile.label)
        yield sentence("foot.boundary", language, clock=self.profile.day_boundary[:5])
        if about.next_update is not None:
            when = moments.instant(about.next_update, zone=about.zone, language=language)
            yield sentence("foot.update", language, when=when)


def bulletin(
    advice: Advice, profile: CropProfile, *, about: About, summary: WeatherSummary
) -> Bulletin:
    """A bulletin on a crop at a place; `written` gives it in a form and a language.

    Args:
        advice: what is said.
        profile: of the crop.
        about: place, zone, issuer, number.
        summary: the weather.
    """
    return Bulletin(advice=advice, profile=profile, about=about, summary=summary)


def _section(
    name: str, sentences: Iterable[str], language: Language, *, listed: bool = False
) -> Section:
    heading = phrase_of(f"bulletin.heading.{name}", language)
    told = tuple(text for text in sentences if text)
    return Section(heading=heading, sentences=told, listed=listed)


def _today(advice: Advice, about: About) -> date:
    if about.today is not None:
        return about.today
    issued = (advisory.issued for advisory in advice.advisories)
    return moments.date_of(next(issued), about.zone)


def _number(about: About, language: Language) -> str:
    if about.number is None:
        return ""
    return phrase_of("bulletin.number", language, number=str(about.number))


def _place(about: About, language: Language) -> str:
    place = about.place(language)
    if about.elevation_m is None or not place:
        return place
    height = f"{about.elevation_m:.0f}"
    return phrase_of("bulletin.place_height", language, place=place, elevation=height)
