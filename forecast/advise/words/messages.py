"""The short message: whole sentences, of which the least needed are left out where room lacks.

Left out are, in this order: the issuer, the change, the next update, the next window, the reason of
what does not suit, the place, the height, the number that decides, the chance. Nothing is ever cut.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from forecast.advise.advisory import Advisory
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.rules import Window
from forecast.advise.profile.wording import Language
from forecast.advise.words import moments
from forecast.advise.words.about import About
from forecast.advise.words.catalogue import said, sentence
from forecast.advise.words.changes import change
from forecast.advise.words.cores import cores
from forecast.advise.words.paragraph import paragraph
from forecast.advise.words.parts import part_of, short_name
from forecast.advise.words.why import reason

LIMITS: Final[Mapping[Language, int]] = {"zh": 70, "en": 160}
"""Characters of one text message: 70 of UCS-2, 160 of the GSM alphabet (3GPP TS 23.038)."""

_SAYS_CHANGE: Final = frozenset({"cleared", "ended"})
_DROPPED: Final = ("tag", "change", "update", "following", "why")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Sentences of a message in their order; empty ones are left out."""

    tag: str = ""
    mark: str = ""
    core: str
    why: str = ""
    action: str = ""
    following: str = ""
    missing: str = ""
    update: str = ""
    change: str = ""
    poorer: Iterator[str] = field(default_factory=lambda: iter(()))

    def joined(self, language: Language) -> str:
        """The message."""
        told = (self.tag, self.mark, self.core, self.why, self.action)
        more = (self.following, self.missing, self.update, self.change)
        return paragraph((*told, *more), language)


def message(
    advisory: Advisory,
    profile: CropProfile,
    *,
    about: About,
    before: Advisory | None,
    language: Language,
) -> str:
    """Advice in at most 70 characters of Chinese, 160 of English.

    Args:
        advisory: of a rule, window or sowing.
        profile: that it is of.
        about: place, zone and issuer.
        before: of the cycle before, where it is at hand.
        language: of the text.
    """
    parts = _parts(advisory, profile, about, before, language=language)
    fits = (text for text in _shorter(parts, language) if len(text) <= LIMITS[language])
    found = next(fits, None)
    if found is not None:
        return found
    crop = short_name(profile, language)
    name = said(advisory.name, language) if advisory.name else ""
    for key, slots in (("level.short", {"crop": crop, "name": name}), ("see", {})):
        text = sentence(f"message.{key}", language, **slots)
        told = replace(_Parts(core=text), mark=parts.mark).joined(language)
        if len(told) <= LIMITS[language] and (name or key == "see"):
            break
    return told


def _shorter(parts: _Parts, language: Language) -> Iterator[str]:
    """The message, and then with one more sentence left out, or a poorer one, at a time."""
    yield parts.joined(language)
    for name in _DROPPED:
        parts = replace(parts, **{name: ""})  # type: ignore[arg-type]
        yield parts.joined(language)
    for core in parts.poorer:
        yield replace(parts, core=core).joined(language)


def _parts(
    advisory: Advisory,
    profile: CropProfile,
    about: About,
    before: Advisory | None,
    *,
    language: Language,
) -> _Parts:
    zone = about.zone
    told = cores(advisory, profile, about=about, before=before, language=language)
    changed = None
    if advisory.change not in _SAYS_CHANGE:
        changed = change(advisory, before, zone=zone, language=language)
    return _Parts(
        tag=sentence("message.tag", language, issuer=about.issuer(language))
        if about.issuer(language)
        else "",
        mark=sentence("message.simulated", language) if about.simulated else "",
        core=next(told),
        why=_why(advisory, profile, zone=zone, language=language),
        action=_action(advisory, language),
        following=_following(advisory, zone, language),
        missing=_missing(advisory, profile, language),
        update=_update(about, language),
        change=changed if changed and advisory.change not in {"first", "not known"} else "",
        poorer=told,
    )


def _why(advisory: Advisory, profile: CropProfile, *, zone: str, language: Language) -> str:
    """What stands in the way of work or sowing."""
    if advisory.kind not in {"window", "sowing"} or advisory.state not in {"red", "amber"}:
        return ""
    return reason(advisory, profile, zone=zone, language=language) or ""


def _action(advisory: Advisory, language: Language) -> str:
    standing = advisory.state == "no-data" and advisory.name is not None
    if advisory.action is None or not (isinstance(advisory.state, int) or standing):
        return ""
    told = said(advisory.action, language).rstrip("。.")
    return sentence("message.action", language, action=told)


def _following(advisory: Advisory, zone: str, language: Language) -> str:
    if advisory.next_window is None:
        return ""
    when = moments.span(advisory.next_window, zone=zone, language=language)
    return sentence("message.following", language, window=when)


def _missing(advisory: Advisory, profile: CropProfile, language: Language) -> str:
    """What was not judged, where the message would else sound as if nothing were to come."""
    if not advisory.missing or advisory.state not in {"none", "red"}:
        return ""
    part = part_of(profile, advisory)
    unit = part.step if isinstance(part, Window) else "d"
    length = moments.length(advisory.missing, unit, language=language)
    return sentence("message.missing", language, missing=length)


def _update(about: About, language: Language) -> str:
    if about.next_update is None:
        return ""
    when = moments.instant(about.next_update, zone=about.zone, language=language)
    return sentence("message.update", language, when=when)
