"""What a sound profile still lacks: for public use, and in time."""

from collections.abc import Iterator
from datetime import date

from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.crossing import Fault
from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves

PUBLIC_LEVEL = 2
"""Lowest level that may not rest on memory alone."""


def public_faults(profile: CropProfile) -> tuple[Fault, ...]:
    """Levels that may not be told in public: they rest on memory, and nobody has signed."""
    return () if profile.maintainer.signed else tuple(_unsupported(profile))


def warnings(profile: CropProfile, today: date) -> tuple[str, ...]:
    """What a maintainer should look at; nothing of it is refused."""
    found = []
    if today > profile.review_by:
        found.append(
            f"{profile.label} needs review: it was due by {profile.review_by}, today is {today}"
        )
    if today < profile.valid_from:
        found.append(f"{profile.label} is not valid yet: it begins on {profile.valid_from}")
    nameless = [rule.id for rule in profile.rules if rule.name is None]
    if nameless:
        found.append(
            f"{profile.label} gives no name to {', '.join(nameless)}, which are titled by their"
            " levels; write name: {zh: …, en: …} below the id"
        )
    return tuple(found)


def rests_on_memory(profile: CropProfile, keys: tuple[str, ...]) -> bool:
    """Whether none of the citations was read, not even second-hand."""
    return all(profile.citations[key].evidence == "memory" for key in keys)


def _unsupported(profile: CropProfile) -> Iterator[Fault]:
    sign = (
        "cite what was read, or let the maintainer sign"
        f" (maintainer: signed: by, on, version {profile.version})"
    )
    for number, rule in enumerate(profile.rules):
        for rank, level in enumerate(rule.levels):
            if level.level < PUBLIC_LEVEL:
                continue
            path = ("rules", number, "levels", rank)
            if rests_on_memory(profile, level.cite):
                yield Fault(
                    (*path, "cite"),
                    f"level {level.level} rests on memory alone ({', '.join(level.cite)});"
                    f" for public use {sign}",
                )
            for place in _assumed(profile, level.condition):
                yield Fault(
                    (*path, "if"),
                    f"level {level.level} uses the offset of the {place}, which rests on memory"
                    f" alone; for public use {sign}",
                )


def _assumed(profile: CropProfile, condition: AnyCondition) -> Iterator[str]:
    """Places whose offset is used and was not read anywhere."""
    used = {leaf.at for leaf in leaves(condition) if isinstance(leaf, Comparison) and leaf.gain}
    for place, offset in profile.places.items():
        if place in used and rests_on_memory(profile, offset.cite):
            yield place
