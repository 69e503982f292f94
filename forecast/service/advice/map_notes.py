"""What a map of grades cannot tell, and why, in one sentence."""

from collections.abc import Iterable

from forecast.advise.conditions import inputs
from forecast.advise.needing import conditions_in
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.profile.wording import Language
from forecast.advise.unjudged import lacks_soil
from forecast.advise.words.catalogue import LANGUAGES, table
from forecast.parameters import chosen


def map_note(part: Rule | Window | Sowing, *, members: Iterable[int]) -> dict[Language, str] | None:
    """Why the map of a part shows no data where it does; None where nothing is known to lack.

    Soil moisture is told of a field and kept for a place, and never known of all cells.

    Args:
        part: of a profile.
        members: forecasts of each run that is drawn.
    """
    needed = int(chosen("ensemble_least_members"))
    if isinstance(part, Rule):
        needed = part.decide.min_members
    few = [count for count in members if 1 < count < needed]
    if few:
        return _said("few_members", members=min(few), needed=needed)
    asked = part.avoid if isinstance(part, Sowing) else conditions_in(part)
    return _said("no_moisture") if any(lacks_soil([name]) for name in inputs(*asked)) else None


def _said(name: str, **slots: int) -> dict[Language, str]:
    texts = table("answer")["map"][name]
    return {language: texts[language].format(**slots) for language in LANGUAGES}
