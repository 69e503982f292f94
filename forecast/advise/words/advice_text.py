"""The texts of one piece of advice, in Chinese and in English."""

from typing import Final

from forecast.advise.advisory import Advisory, Value
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.rules import Window
from forecast.advise.profile.wording import LIST_SEPARATOR, Language
from forecast.advise.sowing_row import STAGE
from forecast.advise.unjudged import FEW, lacks_soil
from forecast.advise.words import moments
from forecast.advise.words.about import About
from forecast.advise.words.amounts import label
from forecast.advise.words.catalogue import LANGUAGES, said, sentence, simulated
from forecast.advise.words.changes import change
from forecast.advise.words.messages import message
from forecast.advise.words.parts import hazard, part_of
from forecast.advise.words.sureness import confidence
from forecast.advise.words.why import margin, reason

_WITHOUT_WINDOW: Final = frozenset({"not-applicable", "no-data", "none"})


class AdviceText(Value):
    """Advice as texts of one language; None where there is nothing to say.

    Attributes:
        title: hazard or work, and crop.
        state: level, grade, or why nothing can be said.
        reason: the number that decides, with its threshold, unit and time.
        margin: what would turn the answer.
        confidence: how sure.
        missing: how much of the forecast could not be judged.
        action: what to do.
        window: when, by the clock of the place.
        next_window: when the work suits next.
        change: against the cycle before.
        message: all of it in at most 70 characters of Chinese, 160 of English.
    """

    title: str
    state: str
    reason: str | None
    margin: str | None
    confidence: str | None
    missing: str | None
    action: str | None
    window: str | None
    next_window: str | None
    change: str | None
    message: str


def texts(
    advisory: Advisory, profile: CropProfile, *, about: About, before: Advisory | None = None
) -> dict[Language, AdviceText]:
    """Advice as texts of both languages.

    Args:
        advisory: of a rule, window or sowing.
        profile: that it is of.
        about: place, zone and issuer.
        before: of the cycle before, where it is at hand, to say by how much something changed.

    Raises:
        DataError: the profile has no such rule, window or sowing.
    """
    return {
        language: _text(advisory, profile, about, before, language=language)
        for language in LANGUAGES
    }


def _text(
    advisory: Advisory,
    profile: CropProfile,
    about: About,
    before: Advisory | None,
    *,
    language: Language,
) -> AdviceText:
    zone = about.zone
    told: dict[str, str | None] = {
        "title": title(advisory, profile, language=language),
        "state": state(advisory, profile, language=language),
        "reason": reason(advisory, profile, zone=zone, language=language),
        "margin": margin(advisory, profile, language=language),
        "confidence": confidence(advisory, profile, language=language),
        "missing": _missing(advisory, profile, language=language),
        "action": said(advisory.action, language) if advisory.action else None,
        "window": _window(advisory, zone, language),
        "next_window": _next(advisory, zone, language),
        "change": change(advisory, before, zone=zone, language=language),
    }
    if about.simulated:
        told = {key: text and simulated(text, language) for key, text in told.items()}
    said_shortly = message(advisory, profile, about=about, before=before, language=language)
    return AdviceText.model_validate({**told, "message": said_shortly})


def title(advisory: Advisory, profile: CropProfile, *, language: Language) -> str:
    """Hazard or work, and crop; a rule without a name is called by the level that is told."""
    part = part_of(profile, advisory)
    named = part.name or advisory.name
    told = said(named, language) if named else hazard(part, language)
    return sentence("title", language, crop=said(profile.name, language), name=told)


def state(advisory: Advisory, profile: CropProfile, *, language: Language) -> str:
    """Level, grade, or why nothing can be said."""
    known = advisory.state
    name = said(advisory.name, language) if advisory.name else ""
    if known == "no-data":
        return _no_data(advisory, name, language)
    if isinstance(known, int):
        return sentence("state.level", language, name=name)
    if known == "none" and advisory.status == "watch":
        return sentence("state.watch", language, name=name)
    if known == "none":
        about = hazard(part_of(profile, advisory), language)
        return sentence("state.none", language, name=about)
    if advisory.gate == STAGE:
        return sentence("state.done", language)
    return sentence(f"state.{known}", language)


def _no_data(advisory: Advisory, name: str, language: Language) -> str:
    names = dict.fromkeys(label(subject, language) for subject in advisory.lacking)
    few = advisory.no_data == FEW
    slots = {
        "lacking": LIST_SEPARATOR[language].join(names),
        "name": name,
        "members": str(advisory.members),
        "needed": str(advisory.members_needed),
    }
    standing = advisory.kind not in {"window", "sowing"} and bool(name)
    why = "few" if few else "lacking" if names else ""
    if lacks_soil(advisory.lacking) and not standing:
        why = "soil"
    key = "_".join((why,) * bool(why) + ("standing",) * standing) or "plain"
    return sentence(f"state.no-data.{key}", language, **slots)


def _missing(advisory: Advisory, profile: CropProfile, *, language: Language) -> str | None:
    if not advisory.missing or advisory.state in {"no-data", "not-applicable"}:
        return None
    part = part_of(profile, advisory)
    unit = part.step if isinstance(part, Window) else "d"
    return sentence(
        "missing", language, missing=moments.length(advisory.missing, unit, language=language)
    )


def _window(advisory: Advisory, zone: str, language: Language) -> str | None:
    if advisory.window is not None:
        return moments.span(advisory.window, zone=zone, language=language)
    work = advisory.kind in {"window", "sowing"} and advisory.state not in _WITHOUT_WINDOW
    return sentence("window.none", language) if work else None


def _next(advisory: Advisory, zone: str, language: Language) -> str | None:
    if advisory.next_window is None:
        return None
    when = moments.span(advisory.next_window, zone=zone, language=language)
    return sentence("next_window", language, window=when)
