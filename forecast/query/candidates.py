"""Who may be meant: candidates from the files of places, each with how it fits."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecast.query.matching import (
    Fit,
    Query,
    Spellings,
    any_of,
    fit,
    left_over,
    parts,
    whole,
    wide,
)
from forecast.query.names import is_han
from forecast.query.place import KINDS, Place
from forecast.query.place_file import COUNTRY, PlaceFile, Reader, Row
from forecast.query.slips import glued, is_slip, slips

_CANDIDATES: Final = 80
_BEFORE_AREA: Final = 5000
"""Hits that are looked at where the area then leaves few of them."""

_NAMED: Final = 400
"""Places of which a part of what was typed is the name, where the rest is looked at for a slip."""

_WITH_UNIT: Final = frozenset({KINDS.index("city"), KINDS.index("county")})


@dataclass(frozen=True, slots=True)
class Found:
    """A place and how it fits.

    Attributes:
        fit: how.
        file: place of its file among the files, those of the operator first.
        number: its importance in the file.
        place: the place.
        left: characters of what was typed that neither its name nor what it lies in explains,
            told only where no name fits.
    """

    fit: Fit
    file: int
    number: int
    place: Place
    left: int = 0

    def order(self) -> tuple[Fit, int, int, int]:
        """What to sort by, best first."""
        return self.fit, self.left, self.file, self.number


def find(
    files: Sequence[PlaceFile], queries: Sequence[Query], *, kinds: Collection[str] = ()
) -> list[Found]:
    """Places that fit, in any order; slips are looked for only where nothing else fits.

    Args:
        files: those of the operator first.
        queries: what was typed, not empty, and other ways to write it, tried in this order.
        kinds: only places of these kinds; empty for all.
    """
    first: list[Found] = []
    for step in (_plain, _taken_apart, _slipped):
        for query in queries:
            found = _stepped(step, files, query, kinds)
            if any(one.fit is not Fit.WORDS for one in found):
                return found
            first = first or found
    return first


def _stepped(
    step: "Step", files: Sequence[PlaceFile], query: Query, kinds: Collection[str]
) -> list[Found]:
    found: list[Found] = []
    for place, file in enumerate(files):
        reader = file.reader()
        if reader is not None:
            search = _Search(reader, kinds)
            found += [
                Found(
                    rank,
                    place,
                    row[0],
                    reader.place(row),
                    left=left_over(query, search.names(row)) if rank is Fit.WORDS else 0,
                )
                for rank, row in step(search, query)
            ]
    return found


class _Search:
    """Candidates of one file, and how they fit."""

    def __init__(self, reader: Reader, kinds: Collection[str]) -> None:
        self._reader = reader
        self._kinds = kinds
        self.contents = reader.contents

    def ids(self, match: str, *, most: int = _CANDIDATES) -> list[int]:
        """Numbers of the hits of a full-text expression."""
        if not match:
            return []
        if not self._kinds:
            return self._reader.ids(match, most=most)
        found = np.array(self._reader.ids(match, most=_BEFORE_AREA), dtype=np.int64)
        wanted = self.contents.points[self.contents.are_of(self._kinds), 0]
        return [int(number) for number in found[np.isin(found, wanted)][:most]]

    def rows(self, ids: set[int]) -> list[Row]:
        """The rows of hits."""
        return self._reader.rows(sorted(ids))

    def names(self, row: Row) -> Spellings:
        """What the place of a row can be called."""
        return Spellings.of(
            row[15],
            aliases=row[6],
            pinyin=row[5],
            area=self.contents.within(row),
            has_unit=row[2] in _WITH_UNIT,
        )

    def inside(self, match: str, areas: set[int]) -> list[int]:
        """Numbers of those hits that lie in one of some areas."""
        found = np.array(self.ids(match, most=_BEFORE_AREA), dtype=np.int64)
        points = self.contents.points
        where = np.searchsorted(points[:, 0], found)
        within = np.isin(points[where, 3:6], list(areas)).any(axis=1)
        return [int(number) for number in found[within][:_CANDIDATES]]

    def fits(self, query: Query, ids: set[int]) -> list[tuple[Fit, Row]]:
        """How each of some places fits."""
        return [(fit(query, self.names(row)), row) for row in self.rows(ids)]


Step = Callable[[_Search, Query], list[tuple[Fit, Row]]]


def _plain(search: _Search, query: Query) -> list[tuple[Fit, Row]]:
    """Places that are called so, or begin so, or hold the same words."""
    start = query.typed or query.han or query.joined
    ids = {*search.ids(whole(query)), *search.ids(f'"{start}"*')}
    ids.update(search.ids(wide(query)))
    ids.update(_with_area(search, query))
    return search.fits(query, ids)


def _with_area(search: _Search, query: Query) -> set[int]:
    """Places of which one part is the name, or its beginning, and another says where they lie."""
    if len(query.han) + len(query.words) < 2:
        return set()
    known = search.contents.named_areas
    pieces = {piece for pair in query.parted() for piece in pair if piece}
    areas = {number for piece in pieces for number in known.get(piece, ())}
    if not pieces.isdisjoint(COUNTRY):
        found = set(search.ids(parts(query)))
    else:
        found = set(search.inside(parts(query), areas)) if areas else set()
    for start, head in query.started():
        if head in known:
            found.update(search.inside(f'"{start}"*', set(known[head])))
    return found


def _taken_apart(search: _Search, query: Query) -> list[tuple[Fit, Row]]:
    """One Latin word that is an area and a name without a blank between them."""
    found: list[tuple[Fit, Row]] = []
    for parted in glued(query, search.contents.named_areas):
        found += [one for one in _plain(search, parted) if one[0] < Fit.PREFIX]
    return _best(found)


def _slipped(search: _Search, query: Query) -> list[tuple[Fit, Row]]:
    """Places of whose name, or whose area's, this is a slip; else those that sound so."""
    ids = {*search.ids(slips(query)), *_near_in_area(search, query)}
    if len(query.han) + len(query.words) > 1:
        ids.update(search.ids(parts(query), most=_NAMED))
    rows = search.rows(ids)
    own = {row[0] for row in rows if is_slip(query, search.names(row))}
    found = [(Fit.SLIP if row[0] in own else Fit.WORDS, row) for row in rows]
    if not own:
        found += [
            (Fit.SLIP, row)
            for other in _sounding(search, query)
            for rank, row in _plain(search, other) + _taken_apart(search, other)
            if rank <= Fit.UNIT
        ]
    return _best(found)


def _near_in_area(search: _Search, query: Query) -> set[int]:
    """Places of an area that was typed, which share a character with the rest."""
    found: set[int] = set()
    for start, head in query.started():
        areas = search.contents.named_areas.get(head)
        if areas and is_han(start) and len(start) > 1:
            found.update(search.inside(any_of(set(start)), set(areas)))
    return found


def _sounding(search: _Search, query: Query) -> list[Query]:
    """A Chinese text as it sounds, where every character is known."""
    if not query.han or query.words:
        return []
    heard = [search.contents.sounds.get(character) for character in query.han]
    if None in heard:
        return []
    return [Query(han="", words=("".join(filter(None, heard)),))]


def _best(found: list[tuple[Fit, Row]]) -> list[tuple[Fit, Row]]:
    """Every place once, by its best fit."""
    best: dict[int, tuple[Fit, Row]] = {}
    for rank, row in sorted(found, key=lambda one: one[0]):
        best.setdefault(row[0], (rank, row))
    return list(best.values())
