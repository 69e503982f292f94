"""What may have been meant where nothing fits: one wrong letter or character, one wrong sound."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from forecast.query.matching import UNIT_WORDS, Query, Spellings, any_of
from forecast.query.names import covered, is_han, one_slip_away

_SLIP_LETTERS: Final = range(4, 17)
_SLIP_HAN: Final = range(3, 13)
_MOST_PARTED: Final = 8


def slips(query: Query) -> str:
    """Full-text expression for names one slip away, empty where a slip says too little.

    Latin: one letter dropped, swapped, changed or added in one word or in all of them joined.
    Chinese: one character of three or more is wrong or too many.
    """
    if query.han:
        return " OR ".join(_all_but_one(query.han)) if len(query.han) in _SLIP_HAN else ""
    typed = {*query.words, query.joined} - UNIT_WORDS
    return any_of({near for word in typed for near in _near(word)})


def is_slip(query: Query, names: Spellings) -> bool:
    """Whether one slip parts what was typed from a place's own name and what it lies in.

    Args:
        query: what was typed.
        names: what the place can be called.
    """
    if query.han and query.words:
        return False
    own, area = set(names.own), set(names.area)
    return any(
        (_meant(run, own, alone=not rest) and covered(rest, names.area))
        or (run in own and rest and _meant(rest, area, alone=False))
        for run, rest in query.parted()
    )


def glued(query: Query, known: Collection[str]) -> list[Query]:
    """One Latin word as an area and a name, in either order: tianjinninghe.

    Args:
        query: what was typed.
        known: folded names of all areas.
    """
    if query.han or len(query.words) != 1:
        return []
    word = query.words[0]
    cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    parted = [cut for cut in cuts if cut[0] in known or cut[1] in known]
    return [Query(han="", words=cut) for cut in parted[:_MOST_PARTED]]


def _meant(typed: str, names: set[str], *, alone: bool) -> bool:
    """Whether one of some names is one slip away; a short one says too little where it is alone."""
    if is_han(typed):
        return len(typed) >= (3 if alone else 2) and any(
            _differs_once(typed, name) for name in names
        )
    return not names.isdisjoint(_near(typed))


@lru_cache(maxsize=64)
def _near(word: str) -> frozenset[str]:
    if is_han(word) or len(word) not in _SLIP_LETTERS:
        return frozenset()
    return frozenset(one_slip_away(word))


def _differs_once(typed: str, name: str) -> bool:
    """Whether one character was changed, added, left out, or two were swapped."""
    if typed == name or not is_han(name) or len(name) < 2:
        return False
    if len(typed) == len(name):
        wrong = [at for at, pair in enumerate(zip(typed, name, strict=True)) if pair[0] != pair[1]]
        swapped = len(wrong) == 2 and sorted(typed) == sorted(name)
        return len(wrong) == 1 or (swapped and wrong[1] == wrong[0] + 1)
    longer, shorter = (typed, name) if len(typed) > len(name) else (name, typed)
    return len(longer) == len(shorter) + 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


def _all_but_one(han: str) -> list[str]:
    return [
        "(" + " AND ".join(f'"{one}"' for one in han[:at] + han[at + 1 :]) + ")"
        for at in range(len(han))
    ]
