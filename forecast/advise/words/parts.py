"""What advice speaks of in its profile: the rule, its levels, and the comparison that decides."""

from collections.abc import Iterator

from forecast.advise.advisory import Advisory, Because
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import AnyCondition, Comparison, ModelTest, leaves
from forecast.advise.profile.rules import Level, Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.profile.wording import Language
from forecast.advise.words.catalogue import phrase_of, said
from forecast.errors import DataError

_BRACKETS = ("（", "(")


def part_of(profile: CropProfile, advisory: Advisory) -> Rule | Window | Sowing:
    """The rule, window or sowing that advice is on.

    Raises:
        DataError: the profile has none of that name.
    """
    for part in _parts(profile, advisory):
        if part.id == advisory.rule:
            return part
    raise DataError(
        f"texts were asked of {advisory.kind} {advisory.rule!r}; {profile.label} has none"
    )


def level_of(rule: Rule, advisory: Advisory) -> Level:
    """The level that is told; the lowest where none is."""
    return next((level for level in rule.levels if level.name == advisory.name), rule.levels[0])


def hazard(part: Rule | Window | Sowing, language: Language) -> str:
    """The name of a rule, else what it is about by its lowest and highest level; of the work."""
    if part.name is not None:
        return said(part.name, language)
    first, last = (said(part.levels[place].name, language) for place in (0, -1))
    return first if first == last else phrase_of("hazards", language, first=first, last=last)


def short_name(profile: CropProfile, language: Language) -> str:
    """Name of the crop without what stands in brackets behind it."""
    name = said(profile.name, language)
    for bracket in _BRACKETS:
        name = name.partition(bracket)[0].strip() or name
    return name


def compared_in(
    part: Rule | Window | Sowing, because: Because
) -> tuple[Comparison | ModelTest, ...]:
    """The comparisons of a part that the deciding number may be of; alike in all but the window."""
    found = (leaf for condition in _conditions(part) for leaf in leaves(condition))
    return tuple(leaf for leaf in found if _is(leaf, because))


def _is(leaf: Comparison | ModelTest, because: Because) -> bool:
    if isinstance(leaf, ModelTest):
        return leaf.key == because.subject
    same = leaf.var == because.subject and leaf.op == because.op
    return same and abs(leaf.limit - because.threshold) < 1.0 / leaf.measure.scale / 2


def _parts(profile: CropProfile, advisory: Advisory) -> tuple[Rule | Window | Sowing, ...]:
    if advisory.kind == "window":
        return profile.windows
    return profile.sowing if advisory.kind == "sowing" else profile.rules


def _conditions(part: Rule | Window | Sowing) -> Iterator[AnyCondition]:
    match part:
        case Rule():
            yield from (level.condition for level in part.levels)
        case Window():
            yield from (part.green, part.amber)
        case Sowing():
            yield from part.avoid
