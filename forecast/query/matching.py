"""How well a place fits what was typed: which of its names, and what the rest says."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from forecast.query.names import covered, fold, is_han, one_slip_away, pieces, short_han, splits

MOST_WORDS: Final = 8
_SLIP_LETTERS: Final = range(4, 17)
_UNIT_LETTERS: Final = {"区": "q", "县": "x", "市": "s", "旗": "q"}


class Fit(IntEnum):
    """How a place was found; lower is better."""

    NAME = 0
    ALIAS = 1
    INITIALS = 2
    PREFIX = 3
    SLIP = 4
    WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was typed.

    Attributes:
        han: its Chinese characters, joined.
        words: its Latin words, folded.
    """

    han: str
    words: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Split a text; beyond eight Latin words it is cut."""
        han, words = pieces(text)
        return cls(han=han, words=words[:MOST_WORDS])

    @property
    def joined(self) -> str:
        """The Latin words as one."""
        return "".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """What a place can be called.

    Attributes:
        own: folded names, Chinese and Latin.
        aliases: folded other names.
        initials: first letters of the syllables, of the short and the full name.
        area: folded names of its province and prefecture.
    """

    own: tuple[str, ...]
    aliases: tuple[str, ...]
    initials: tuple[str, ...]
    area: tuple[str, ...]

    @classmethod
    def of(cls, own: str, *, aliases: str, pinyin: str, area: str) -> Self:
        """Unpack the columns of the gazetteer: lists joined by `|`, syllables by blanks."""
        others = [name for name in aliases.split("|") if name]
        shorts = [short_han(name) for name in others if is_han(name)]
        return cls(
            own=tuple(own.split("|")),
            aliases=tuple(map(fold, [*others, *shorts])),
            initials=_initials(pinyin, own.partition("|")[0][-1:]),
            area=tuple(area.split("|")),
        )


def fit(query: Query, names: Spellings) -> Fit:
    """Say how a place fits: a name of its own, with nothing left but its province and city.

    Args:
        query: what was typed.
        names: what the place can be called.
    """
    for rank, own in ((Fit.NAME, names.own), (Fit.ALIAS, names.aliases)):
        if _is_named(query, own, names.area):
            return rank
    if not query.han and query.joined in names.initials:
        return Fit.INITIALS
    start = query.han or query.joined
    if not (query.han and query.words) and any(name.startswith(start) for name in names.own):
        return Fit.PREFIX
    return Fit.WORDS


def _is_named(query: Query, own: tuple[str, ...], area: tuple[str, ...]) -> bool:
    for name in own:
        if is_han(name):
            rest = query.han.replace(name, "", 1)
            if name in query.han and covered(rest, area) and covered(query.joined, area):
                return True
    latin = {name for name in own if not is_han(name)}
    return any(
        named in latin and covered(rest, area) and covered(query.han, area)
        for named, rest in splits(query.words)
    )


def _initials(pinyin: str, unit: str) -> tuple[str, ...]:
    """First letters of the short name, and with that of the unit: nh and nhq for 宁河区."""
    first = "".join(syllable[0] for syllable in pinyin.split())
    if len(first) < 2:
        return ()
    return (first, first + _UNIT_LETTERS[unit]) if unit in _UNIT_LETTERS else (first,)


def matches(query: Query) -> list[str]:
    """Full-text expressions whose hits are worth a look, from narrow to wide.

    Args:
        query: what was typed, not empty.
    """
    start = query.han or query.joined
    words = [*query.han, *query.words]
    last = f'"{words[-1]}"*' if query.words and len(words[-1]) > 1 else f'"{words[-1]}"'
    wide = " AND ".join([*(f'"{word}"' for word in words[:-1]), last])
    if query.han and query.words:
        return [wide]
    return [f'own : "{start}"', wide, f'own : "{start}"*']


def slips(query: Query) -> str:
    """Full-text expression for names one slip away, empty where a slip says too little.

    Latin: one letter dropped, swapped, changed or added in one word or in all of them joined.
    Chinese: one character of three or more is wrong or too many.
    """
    if query.han:
        return " OR ".join(_all_but_one(query.han)) if 3 <= len(query.han) <= 12 else ""
    options = [f"own : ({_any_of(one_slip_away(query.joined))})"] if _may_slip(query.joined) else []
    for at, word in enumerate(query.words if len(query.words) > 1 else ()):
        if _may_slip(word):
            others = [f'"{other}"' for place, other in enumerate(query.words) if place != at]
            options.append(" AND ".join([f"own : ({_any_of(one_slip_away(word))})", *others]))
    return " OR ".join(f"({option})" for option in options)


def is_slip(query: Query, own: list[str]) -> bool:
    """Whether the Latin words are one slip away from a place's own name, not from an alias."""
    away = one_slip_away(query.joined) if _may_slip(query.joined) else set()
    return not away.isdisjoint(own)


def _may_slip(word: str) -> bool:
    return len(word) in _SLIP_LETTERS


def _any_of(words: set[str]) -> str:
    return " OR ".join(f'"{word}"' for word in sorted(words))


def _all_but_one(han: str) -> list[str]:
    return [
        "(" + " AND ".join(f'"{one}"' for one in han[:at] + han[at + 1 :]) + ")"
        for at in range(len(han))
    ]
