"""How well a place fits what was typed: which of its names, and what the rest says."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final, Self

from forecast.query.names import covered, fold, is_han, pieces, short_han, splits

MOST_WORDS: Final = 8
MOST_HAN: Final = 24
_UNIT_LETTERS: Final = {"区": "q", "县": "x", "市": "s", "旗": "q"}
_UNITS: Final = frozenset(_UNIT_LETTERS)
UNIT_WORDS: Final = frozenset({"district", "county", "city", "banner", "province"})
"""English words that are no name of their own, as xian is one of 西安."""

_ENDINGS: Final = UNIT_WORDS - {"province"} | {"qu", "xian", "shi", "qi"}


class Fit(IntEnum):
    """How a place was found; lower is better. AREA and WORDS only say what may be meant."""

    NAME = 0
    ALIAS = 1
    UNIT = 2
    INITIALS = 3
    PREFIX = 4
    SLIP = 5
    AREA = 6
    WORDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was typed.

    Attributes:
        han: its Chinese characters, joined.
        words: its Latin words, folded.
        typed: all of it, folded.
    """

    han: str
    words: tuple[str, ...]
    typed: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Split a text; beyond eight Latin words or 24 characters it is cut."""
        han, words = pieces(text)
        typed = fold(unicodedata.normalize("NFKC", text))
        return cls(han=han[:MOST_HAN], words=words[:MOST_WORDS], typed=typed)

    def rewritten(self, rewrite: Callable[[str], str]) -> Self:
        """The same with its Chinese characters written another way."""
        return replace(self, han=rewrite(self.han), typed=rewrite(self.typed))

    @property
    def joined(self) -> str:
        """The Latin words as one."""
        return "".join(self.words)

    def without_unit(self) -> Self | None:
        """The same without 区, 县, 市, 旗 or their words at the end; None where there is none."""
        if self.han[-1:] in _UNITS and len(self.han) > 2 and not self.words:
            return type(self)(han=self.han[:-1], words=())
        if not self.han and len(self.words) > 1 and self.words[-1] in _ENDINGS:
            return type(self)(han="", words=self.words[:-1])
        return None

    def parted(self) -> Iterator[tuple[str, str]]:
        """Every run that may be the place's own name, with the rest: Chinese, then Latin."""
        yield from _runs(self.han)
        yield from splits(self.words)

    def started(self) -> Iterator[tuple[str, str]]:
        """Every end that may be the beginning of a name, with what stands before it."""
        if self.han and self.words:
            return
        for cut in range(1, len(self.han)):
            yield self.han[cut:], self.han[:cut]
        for cut in range(1, len(self.words)):
            yield "".join(self.words[cut:]), "".join(self.words[:cut])


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """What a place can be called.

    Attributes:
        own: folded names, Chinese and Latin.
        aliases: folded other names.
        initials: first letters of the syllables, of the short and the full name.
        area: folded names of its province, prefecture and county, longest first.
        has_unit: it is a county or city, which people also call by another unit.
    """

    own: tuple[str, ...]
    aliases: tuple[str, ...]
    initials: tuple[str, ...]
    area: tuple[str, ...]
    has_unit: bool = False

    @classmethod
    def of(
        cls, own: str, *, aliases: str, pinyin: str, area: tuple[str, ...], has_unit: bool = False
    ) -> Self:
        """Unpack the columns of the gazetteer: lists joined by `|`, syllables by blanks."""
        others = [name for name in aliases.split("|") if name]
        shorts = [short_han(name) for name in others if is_han(name)]
        return cls(
            own=tuple(own.split("|")),
            aliases=tuple(map(fold, [*others, *shorts])),
            initials=_initials(pinyin, own.partition("|")[0][-1:]),
            area=area,
            has_unit=has_unit,
        )


def fit(query: Query, names: Spellings) -> Fit:
    """Say how a place fits: a name of its own, with nothing left but what it lies in.

    Args:
        query: what was typed.
        names: what the place can be called.
    """
    for rank, own in ((Fit.NAME, names.own), (Fit.ALIAS, names.aliases)):
        if _is_named(query, own, names.area):
            return rank
    bare = query.without_unit() if names.has_unit else None
    if bare is not None and _is_named(bare, names.own, names.area):
        return Fit.UNIT
    if not query.han and _is_named(query, names.initials, names.area):
        return Fit.INITIALS
    return Fit.PREFIX if _is_begun(query, names) else Fit.WORDS


def left_over(query: Query, names: Spellings) -> int:
    """Chinese characters that neither a place's name nor what it lies in explains.

    Args:
        query: what was typed.
        names: what the place can be called.
    """
    rest = query.han
    for own in sorted((*names.own, *names.aliases), key=len, reverse=True):
        if is_han(own) and own in rest:
            rest = rest.replace(own, "", 1)
            break
    for name in names.area:
        rest = rest.replace(name, "", 1)
    return len(rest)


def _is_named(query: Query, own: tuple[str, ...], area: tuple[str, ...]) -> bool:
    for name in own:
        if name in query.typed and covered(query.typed.replace(name, "", 1), area):
            return True
        if is_han(name):
            if name in query.han:
                rest = query.han.replace(name, "", 1)
                if covered(rest, area) and covered(query.joined, area):
                    return True
        elif name in query.words or name == query.joined or len(query.words) > 2:
            for named, rest in splits(query.words):
                if named == name and covered(rest, area) and covered(query.han, area):
                    return True
    return False


def _is_begun(query: Query, names: Spellings) -> bool:
    """Whether a name begins with what was typed, or with its end after what the place lies in."""
    start = query.typed or query.han or query.joined
    if any(name.startswith(start) for name in names.own):
        return True
    return any(
        any(name.startswith(start) for name in names.own) and covered(head, names.area)
        for start, head in query.started()
    )


def _initials(pinyin: str, unit: str) -> tuple[str, ...]:
    """First letters of the short name, and with that of the unit: nh and nhq for 宁河区."""
    first = "".join(syllable[0] for syllable in pinyin.split())
    if len(first) < 2:
        return ()
    return (first, first + _UNIT_LETTERS[unit]) if unit in _UNIT_LETTERS else (first,)


def whole(query: Query) -> str:
    """Full-text expression for places that are called exactly as was typed, with any unit."""
    bare = query.without_unit()
    names = {query.han or query.joined, query.typed or query.joined} - {""}
    if bare is not None:
        names.add(bare.han or bare.joined)
    return any_of(names)


def parts(query: Query) -> str:
    """Full-text expression for places of which any run of what was typed is a name."""
    return any_of({run for run, _ in query.parted()} - UNIT_WORDS)


def wide(query: Query) -> str:
    """Full-text expression for places that hold all words or characters, the last one begun."""
    words = [*query.han, *query.words]
    last = f'"{words[-1]}"*' if query.words and len(words[-1]) > 1 else f'"{words[-1]}"'
    return " AND ".join([*(f'"{word}"' for word in words[:-1]), last])


def any_of(words: set[str]) -> str:
    """Full-text expression for any of some words."""
    return " OR ".join(f'"{word}"' for word in sorted(words))


def _runs(han: str) -> Iterator[tuple[str, str]]:
    """Every run of two to twelve neighbouring characters, with the others."""
    for start in range(len(han) - 1):
        for end in range(min(len(han), start + 12), start + 1, -1):
            yield han[start:end], han[:start] + han[end:]
