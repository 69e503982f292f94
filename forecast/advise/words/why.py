"""Why: the number that decides beside its threshold, and what would turn the answer."""

from datetime import timedelta
from typing import NamedTuple

from forecast.advise.advisory import Advisory, Because
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import Comparison, ModelTest
from forecast.advise.profile.parts import DayOfYear, steps_of
from forecast.advise.profile.phrases import phrase
from forecast.advise.profile.rules import Rule
from forecast.advise.profile.sowing import Sowing, Thermal
from forecast.advise.profile.wording import PHRASES, Language
from forecast.advise.sowing_row import STAGE
from forecast.advise.words import moments
from forecast.advise.words.amounts import (
    dated_label,
    enough,
    exactly,
    extreme,
    family,
    label,
    wind_force,
)
from forecast.advise.words.catalogue import phrase_of, said, sentence
from forecast.advise.words.paragraph import paragraph
from forecast.advise.words.parts import compared_in, level_of, part_of
from forecast.agromet.stable_passing import DAYS

_WIND = "m s-1"


class Compared(NamedTuple):
    """A deciding number as text.

    Attributes:
        subject: what it is of, and when.
        value: the number.
        threshold: what it is held against, where that holds.
        name: of the quantity, where the threshold holds.
        relation: of the value to the threshold.
    """

    subject: str
    value: str
    threshold: str
    name: str
    relation: str


def reason(
    advisory: Advisory, profile: CropProfile, *, zone: str, language: Language
) -> str | None:
    """Why, in one sentence with value, threshold, unit and time; None where nothing decides."""
    part = part_of(profile, advisory)
    if isinstance(part, Sowing) and advisory.gate is not None:
        gate = _done(profile, part, advisory, language) or _gate(part, advisory, language)
        if gate is not None:
            return gate
    because = advisory.because
    if because is None:
        return None
    if not because.op:
        key = "reason.yes" if because.value >= because.threshold else "reason.no"
        when = moments.at(because.at, zone=zone, language=language)
        return sentence(key, language, when=when, label=label(because.subject, language))
    told = compared(because, compared_in(part, because), zone=zone, language=language)
    slots = {"subject": told.subject, "value": told.value, "threshold": told.threshold}
    if not isinstance(part, Rule):
        key = "reason.open" if holds(because) else f"reason.shut.{_relation(because, told)}"
        return sentence(key, language, **slots)
    short = advisory.name is not None and advisory.members > 1 and not holds(because)
    key = "reason.members" if short else f"reason.limit.{_relation(because, told)}"
    return sentence(key, language, name=said(level_of(part, advisory).name, language), **slots)


def margin(advisory: Advisory, profile: CropProfile, *, language: Language) -> str | None:
    """By how much the quantity would have to differ for another answer; None where it cannot."""
    because = advisory.because
    if because is None or not because.flip:
        return None
    part = part_of(profile, advisory)
    leaf = next(iter(compared_in(part, because)), None)
    direction = "up" if because.flip > 0 else "down"
    slots = {
        "label": _labelled(because.subject, leaf, language),
        "change": enough(abs(because.flip), because.unit, language=language),
    }
    reached = isinstance(part, Rule) and advisory.name is not None and holds(because)
    if reached and advisory.name is not None:
        slots["name"] = said(advisory.name, language)
    about = "level" if reached else "other"
    key = f"margin.{about}.{family(because.subject)}.{direction}"
    return sentence(key, language, **slots)


def holds(because: Because) -> bool:
    """Whether the number speaks for the level, or for the work."""
    return because.margin >= 0 if because.holds is None else because.holds


def _relation(because: Because, told: Compared) -> str:
    """Key of how a value stands to its threshold; warmth is higher, wind stronger, rain more."""
    if told.relation == "equal":
        return told.relation
    return f"{family(because.subject)}.{told.relation}"


def compared(
    because: Because,
    found: tuple[Comparison | ModelTest, ...],
    *,
    zone: str,
    language: Language,
) -> Compared:
    """The deciding number as text.

    Args:
        because: the number.
        found: comparisons of the profile that it is of.
        zone: of the place.
        language: of the text.
    """
    leaf = found[0] if found else None
    offset = leaf.offset if isinstance(leaf, Comparison) else 0.0
    name = _labelled(because.subject, leaf, language)
    difference = round(because.value - because.threshold, 6)
    return Compared(
        subject=_subject(because, found, name=name, zone=zone, language=language),
        value=_value(because, leaf, language),
        threshold=_number(because.threshold + offset, because.unit, language),
        name=name,
        relation="equal" if difference == 0 else "below" if difference < 0 else "above",
    )


def _subject(
    because: Because,
    found: tuple[Comparison | ModelTest, ...],
    *,
    name: str,
    zone: str,
    language: Language,
) -> str:
    leaf = found[0] if found else None
    if not isinstance(leaf, Comparison) or leaf.width == 1:
        when = moments.at(because.at, zone=zone, language=language)
        return phrase_of("subject.plain", language, label=name, when=when)
    sides = {each.ahead for each in found if isinstance(each, Comparison) and each.width > 1}
    side = "around" if len(sides) > 1 else "next" if leaf.ahead else "past"
    begins = side == "next" and not moments.is_date(because.at)
    when = moments.moment(because.at, zone=zone, language=language)
    if begins:
        when = moments.instant(
            moments.utc(because.at) - timedelta(hours=1), zone=zone, language=language
        )
    step = leaf.measure.step
    width = moments.length(leaf.width, step, language=language)
    kind = "extreme" if leaf.agg and leaf.agg == extreme(leaf.var) else leaf.agg
    return phrase_of(f"subject.{kind}.{side}", language, label=name, when=when, length=width)


def _labelled(subject: str, leaf: Comparison | ModelTest | None, language: Language) -> str:
    name = dated_label(subject, language)
    if not isinstance(leaf, Comparison) or not leaf.offset:
        return name
    place = PHRASES[language].places[leaf.at or leaf.measure.at]
    return phrase_of("label.elsewhere", language, place=place, label=name)


def _value(because: Because, leaf: Comparison | ModelTest | None, language: Language) -> str:
    own = _number(because.value, because.unit, language)
    if not isinstance(leaf, Comparison) or not leaf.offset:
        return own
    inside = _number(because.value + leaf.offset, because.unit, language)
    where = PHRASES[language].places[leaf.measure.at]
    return phrase_of("value.elsewhere", language, inside=inside, own=where, value=own)


def _number(value: float, unit: str, language: Language) -> str:
    text = exactly(value, unit, language=language)
    if unit != _WIND:
        return text
    return phrase_of("value.wind", language, value=text, force=str(wind_force(value)))


def _done(
    profile: CropProfile, sowing: Sowing, advisory: Advisory, language: Language
) -> str | None:
    """That the crop is sown already, or past the last stage of the sowing."""
    if advisory.gate != STAGE or sowing.last_stage is None:
        return None
    stage = said(profile.phenology.stage(sowing.last_stage).name, language)
    return sentence("reason.gate.stage", language, stage=stage)


def _gate(sowing: Sowing, advisory: Advisory, language: Language) -> str | None:
    """The sentence on the gate that fails; of what is to be avoided the number tells more."""
    name, _, place = str(advisory.gate).partition(".")
    if name == "season":
        first, last = (_day(day, language) for day in (sowing.earliest, sowing.latest))
        return sentence("reason.gate.season", language, earliest=first, latest=last)
    if name == "thermal":
        return _thermal(sowing.thermal[int(place)], advisory.because, language)
    if name == "heat_sum" and sowing.heat_sum is not None:
        low, high = (
            exactly(bound, "degC d", language=language) for bound in sowing.heat_sum.bounds
        )
        return sentence("reason.gate.heat_sum", language, low=low, high=high)
    if name == "last_frost" and sowing.last_frost is not None:
        limit = exactly(sowing.last_frost.limit_celsius, "degC", language=language)
        chance = f"{sowing.last_frost.p_green * 100:g}"
        return sentence("reason.gate.last_frost", language, limit=limit, chance=chance)
    if name == "avoid" and advisory.because is None:
        return sentence(
            "reason.gate.avoid",
            language,
            horizon=moments.length(steps_of(sowing.horizon, "d"), "d", language=language),
            condition=phrase(sowing.avoid[int(place)], language),
        )
    return None


def _thermal(thermal: Thermal, because: Because | None, language: Language) -> str:
    """The gate of warmth, with the mean of the days from today on where that is at hand."""
    slots = {
        "label": label(thermal.index, language),
        "threshold": exactly(thermal.threshold_celsius, "degC", language=language),
    }
    key = "falling" if thermal.direction == "falling" else "rising"
    lowest = thermal.not_below_celsius
    if lowest is not None:
        key = "between"
        slots["low"] = exactly(lowest, "degC", language=language)
    elif thermal.covered_offset_kelvin and key == "rising":
        key = "covered"
        covered = thermal.threshold_celsius - thermal.covered_offset_kelvin
        slots["covered"] = exactly(covered, "degC", language=language)
    told = sentence(f"reason.gate.{key}", language, **slots)
    if because is None or because.subject != thermal.index:
        return told
    value = exactly(because.value, because.unit, language=language)
    length = moments.length(DAYS, "d", language=language)
    return paragraph(
        (told, sentence("reason.gate.mean", language, length=length, value=value)), language
    )


def _day(day: DayOfYear, language: Language) -> str:
    return moments.full_date(moments.date_in(2024, day), language)
