"""What changed against the cycle before, in one sentence."""

from datetime import timedelta
from typing import Final

from forecast.advise.advisory import Advisory, Span
from forecast.advise.profile.wording import Language
from forecast.advise.words import moments
from forecast.advise.words.catalogue import phrase_of, said, sentence

_HOUR: Final = 3600.0
_DAY: Final = 86400.0
_LIGHTS: Final = frozenset({"red", "amber", "green"})


def change(
    advisory: Advisory, before: Advisory | None, *, zone: str, language: Language
) -> str | None:
    """Say what changed; None for the first time that nothing is warned of.

    Args:
        advisory: of this cycle.
        before: of the cycle before, where it is at hand: by how much is told from it.
        zone: of the place.
        language: of the text.
    """
    key, slots = _told(advisory, before, language)
    if key == "first":
        return sentence("change.first", language) if isinstance(advisory.state, int) else None
    since = phrase_of(f"since.{_since(advisory, before, zone)}", language)
    return sentence(f"change.{key}", language, since=since, **slots)


def _told(
    advisory: Advisory, before: Advisory | None, language: Language
) -> tuple[str, dict[str, str]]:
    known = advisory.change
    if known in {"raised", "lowered"}:
        if advisory.state in _LIGHTS:
            return ("better" if known == "raised" else "worse"), {}
        if before is None:
            return known, {}
        if isinstance(before.state, int) and before.name is not None:
            return f"{known}_from", {"name": said(before.name, language)}
        return "new", {}
    if known == "shifted" and before is not None:
        return _shifted(advisory.window, before.window, language)
    return ("unknown" if known == "not known" else known), {}


def _shifted(
    now: Span | None, before: Span | None, language: Language
) -> tuple[str, dict[str, str]]:
    """By how much a time begins earlier or later."""
    if (
        now is None
        or before is None
        or moments.is_date(now.begins) != moments.is_date(before.begins)
    ):
        return "shifted", {}
    daily = moments.is_date(now.begins)
    seconds = (moments.utc(now.begins) - moments.utc(before.begins)).total_seconds()
    if not seconds:
        return "shifted", {}
    number, unit = (seconds / _DAY, "d") if daily else (seconds / _HOUR, "h")
    told = moments.length(abs(number), unit, language=language)
    return ("later" if seconds > 0 else "earlier"), {"length": told}


def _since(advisory: Advisory, before: Advisory | None, zone: str) -> str:
    if before is None:
        return "last"
    days = moments.date_of(advisory.issued, zone) - moments.date_of(before.issued, zone)
    return "yesterday" if days == timedelta(days=1) else "last"
