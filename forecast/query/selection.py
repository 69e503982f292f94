"""Reads the lists of variables that askers write, as in `hourly=temperature_2m,precipitation`."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final, Literal

from forecast.errors import UnknownName
from forecast.query.reduction import reduced_names
from forecast.variables import derived, published

Kind = Literal["hourly", "daily"]

ALL: Final = "all"
_LISTED: Final = 40
_OFFERED: Final = 12


def allowed_names(kind: Kind) -> tuple[str, ...]:
    """Names of the vocabulary that a list of this kind may hold, in the order of the file."""
    return (*published(), *derived()) if kind == "hourly" else reduced_names()


def parse_names(
    text: str | Iterable[str], *, kind: Kind, held: Iterable[str] | None = None
) -> tuple[str, ...]:
    """Read a list of variables: names joined by commas, or several such texts.

    Blanks around names and empty items are dropped, a name asked twice is given once, the
    order is the asker's; `all` stands for every name that can be given.

    Args:
        text: the list as written.
        kind: whether hourly or daily names are meant.
        held: names that this forecast holds, where it does not hold all.

    Raises:
        UnknownName: a name is not one of this kind (the closest are listed), or this forecast
            does not hold it.
    """
    texts = [text] if isinstance(text, str) else list(text)
    asked = [item.strip() for part in texts for item in part.split(",") if item.strip()]
    known = allowed_names(kind)
    given = known if held is None else tuple(name for name in known if name in set(held))
    chosen: dict[str, None] = {}
    for item in asked:
        if item == ALL:
            chosen.update(dict.fromkeys(given))
        elif item in given:
            chosen[item] = None
        else:
            raise UnknownName(_refusal(item, kind, known, given))
    return tuple(chosen)


def _refusal(item: str, kind: Kind, known: tuple[str, ...], given: tuple[str, ...]) -> str:
    if item in known:
        held = ", ".join(given) or "none"
        return f"{kind} variable {item!r} was asked; this forecast holds {held}"
    other: Kind = "daily" if kind == "hourly" else "hourly"
    if item in allowed_names(other):
        return f"{kind} variable {item!r} was asked; it is {other}: ask for it in {other}="
    short = item[:_LISTED]
    near = _nearest(short.lower(), given)
    listed = ", ".join(near or given[:_OFFERED])
    if not near and len(given) > _OFFERED:
        listed += f" and {len(given) - _OFFERED} more, see /v1/variables"
    verb = "the closest are" if near else "allowed are"
    return f"{kind} variable {short!r} was asked; no such name, {verb} {listed}"


def _nearest(item: str, names: tuple[str, ...]) -> list[str]:
    """Up to five names that are spelt alike, or hold the word that was asked."""
    within = [name for name in names if len(item) >= 3 and item in name]
    alike = get_close_matches(item, names, n=5, cutoff=0.5)
    return list(dict.fromkeys([*within, *alike]))[:5]
