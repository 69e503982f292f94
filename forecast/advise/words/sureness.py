"""How sure advice is, in one sentence: a word and tens, or that all or no members say so."""

from forecast.advise.advisory import Advisory
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.rules import Rule
from forecast.advise.profile.wording import Language
from forecast.advise.words.catalogue import said, sentence
from forecast.advise.words.confidence import tens, word
from forecast.advise.words.moments import span
from forecast.advise.words.parts import level_of, part_of


def confidence(advisory: Advisory, profile: CropProfile, *, language: Language) -> str | None:
    """Say how sure; None where nothing was judged."""
    if advisory.state in {"not-applicable", "no-data"} or advisory.members == 0:
        return None
    members = str(advisory.members)
    chance = advisory.probability
    if chance is None:
        if advisory.kind in {"window", "sowing"} and advisory.members > 1:
            return sentence(f"confidence.{advisory.kind}.none", language, members=members)
        key = "single" if advisory.members == 1 else "few"
        return sentence(f"confidence.{key}", language, members=members)
    part = part_of(profile, advisory)
    slots = {"members": members}
    about = "sowing" if advisory.kind == "sowing" else "window"
    if isinstance(part, Rule):
        about, slots["name"] = "level", said(level_of(part, advisory).name, language)
    if about == "sowing":
        if advisory.window is None:
            return sentence("confidence.sowing.none", language, **slots)
        # days have no zone
        slots["window"] = span(advisory.window, zone="UTC", language=language)
    only = isinstance(part, Rule) and len(part.levels) == 1
    if chance <= 0.0 or chance >= 1.0:
        key = "no" if chance <= 0.0 else "all"
        return sentence(f"confidence.{about}.{key}", language, **slots)
    return sentence(
        f"confidence.{about}.{'only' if only else 'some'}",
        language,
        word=word(chance, language),
        tens=tens(chance, language),
        **slots,
    )
