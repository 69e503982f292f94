"""The offline gazetteer: places by Chinese name, pinyin, English name, code or coordinates."""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Self

import numpy as np

from forecast.errors import AmbiguousPlace, InvalidRequest, UnknownPlace
from forecast.query.candidates import Found, find
from forecast.query.coordinates import parse_coordinates
from forecast.query.matching import Fit, Query
from forecast.query.place import Place, listing
from forecast.query.place_codes import code_in, same_codes, wider_codes
from forecast.query.place_file import PlaceFile, Reader, distances_to
from forecast.query.place_writing import Area
from forecast.query.wide_areas import places_in
from forecast.regions import data_path
from grids import LonLat
from grids.geometry import great_circle_distance

__all__ = ["Gazetteer", "NearPlace", "Place"]

MAX_TEXT: Final = 200
_NOWHERE: Final = Area(zh="")
_NO_KINDS: Final[frozenset[str]] = frozenset()
_IN_COUNTY_M: Final = 200_000.0
"""A place whose point is further from that of the county of its code has a wrong code or point."""


@dataclass(frozen=True, slots=True)
class NearPlace:
    """A place and how far away it is, m."""

    place: Place
    distance_m: float


class Gazetteer:
    """Search in the shipped places and the operator's; read-only, for any number of threads.

    Args:
        path: file that `python -m forecast.query.gazetteer` built.
        own: file of the operator's own places, which may come, change and go at any time.

    Raises:
        InvalidRequest: there is no such file.
    """

    def __init__(self, path: Path, *, own: Path | None = None) -> None:
        if not path.is_file():
            raise InvalidRequest(f"there is no gazetteer at {path}")
        self._files = [PlaceFile(path, True)]
        if own is not None:
            self._files.insert(0, PlaceFile(own, False))

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The gazetteer that comes with the product."""
        return cls.beside(None)

    @classmethod
    def beside(cls, own: Path | None) -> Self:
        """The gazetteer that comes with the product, and the operator's own places.

        Args:
            own: their file, which need not be there; None for none.
        """
        return cls(data_path("places", "places.sqlite"), own=own)

    def warm(self) -> None:
        """Read what is kept in memory, so that the first question is not the slow one."""
        for file in self._files:
            reader = file.reader()
            if reader is not None:
                reader.contents.warm()

    @property
    def is_warm(self) -> bool:
        """Whether the shipped places are in memory."""
        return self._files[-1].is_read

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        near: LonLat | None = None,
        kinds: Collection[str] = _NO_KINDS,
    ) -> list[Place]:
        """Places that a text may mean, best first; empty where there is none.

        A text may hold province and prefecture in any order (`天津宁河`, `Yuexi Anhui`),
        initials (`nh`), the beginning of a name, a code, or one slip of the finger (`ninghee`).
        The operator's own places go before others that fit equally.

        Args:
            text: name, several words, a code, or coordinates.
            limit: most places to return.
            near: of places that fit equally, the nearer come first; else the more important.
            kinds: only places of these kinds; empty for all. Coordinates stay coordinates.

        Raises:
            InvalidRequest: the text is empty or too long.
            InvalidLocation: the text is coordinates that are not on the earth.
        """
        ranked = self._ranked(text, kinds=kinds)
        if near is not None:
            ranked.sort(key=lambda found: (found[0], distance(found[1], near)))
        return [place for _, place in ranked[:limit]]

    def resolve(self, text: str, *, preferred: Callable[[Place], bool] | None = None) -> Place:
        """The one place that a text means.

        Of places that fit equally, `preferred` ones go before others, one of the operator's own
        before a city, a city before a county and a county before a town; if then two are left,
        nobody guesses.

        Args:
            text: name, several words, a code, or coordinates.
            preferred: tells which places are meant rather than others, as by their region.

        Raises:
            UnknownPlace: there is none; the closest are listed.
            AmbiguousPlace: several are equally good; the sentence lists them.
            InvalidRequest: the text is empty or too long.
            InvalidLocation: the text is coordinates that are not on the earth.
        """
        ranked = self._ranked(text)
        if not ranked:
            raise UnknownPlace(
                f"place {text!r} was asked; the gazetteer has no such {_kind_of(text)}"
            )
        best = [place for rank, place in ranked if rank is ranked[0][0]]
        if ranked[0][0] is Fit.AREA:
            raise UnknownPlace(
                f"place {text!r} was asked; that is a province or prefecture, allowed are its"
                f" cities and counties, as {listing(best)}"
            )
        if ranked[0][0] is Fit.WORDS:
            raise UnknownPlace(
                f"place {text!r} was asked; the gazetteer has no such {_kind_of(text)},"
                f" the closest are {listing(best)}"
            )
        if preferred is not None:
            best = [place for place in best if preferred(place)] or best
        best = [place for place in best if place.kind == best[0].kind]
        if len(best) > 1:
            raise AmbiguousPlace(
                f"place {text!r} was asked; {len(best)} places fit: {listing(best)}."
                " Add the province or prefecture, or give lat and lon"
            )
        return best[0]

    def nearest(self, lonlat: LonLat) -> Place:
        """The place that lies nearest to a point."""
        return self.around(lonlat, limit=1)[0].place

    def around(
        self, lonlat: LonLat, *, limit: int, kinds: Collection[str] = _NO_KINDS
    ) -> list[NearPlace]:
        """The places nearest to a point, nearest first.

        Args:
            lonlat: the point.
            limit: most places to return.
            kinds: only places of these kinds; empty for all.
        """
        found = []
        for file in self._files:
            reader = file.reader()
            found += [] if reader is None else _around(reader, lonlat, limit, kinds)
        return sorted(found, key=lambda near: near.distance_m)[:limit]

    @property
    def sounds(self) -> dict[str, str]:
        """The commonest pinyin of Chinese characters in names of places."""
        return self._shipped().contents.sounds

    def areas_at(self, lonlat: LonLat, *, code: str = "") -> tuple[Area, Area, Area]:
        """Province, prefecture and county of a place; empty where none is near.

        Args:
            lonlat: the place.
            code: where it is that of a township or village, its county is the one that the code
                names, if its point is within 200 km; else that of the nearest county point.
        """
        reader = self._shipped()
        for row in (row for wider in wider_codes(code) for row in reader.coded(wider)):
            if reader.is_county(row) and distance(reader.place(row), lonlat) < _IN_COUNTY_M:
                return reader.areas_of(row)
        near = reader.nearest_county(lonlat)
        return (_NOWHERE, _NOWHERE, _NOWHERE) if near is None else reader.areas_of(near)

    def _shipped(self) -> Reader:
        reader = self._files[-1].reader()
        if reader is None:
            raise InvalidRequest(f"there is no gazetteer at {self._files[-1].path}")
        return reader

    def _ranked(self, text: str, *, kinds: Collection[str] = _NO_KINDS) -> list[tuple[Fit, Place]]:
        """Places with how they fit, best first."""
        if not text.strip() or len(text) > MAX_TEXT:
            raise InvalidRequest(
                f"a place of {len(text.strip())} characters was asked; allowed are 1 to {MAX_TEXT}"
            )
        point = parse_coordinates(text)
        if point is not None:
            return [(Fit.NAME, Place.at(point))]
        coded = self._coded(code_in(text))
        query = Query.read(text)
        if coded or (not query.han and not query.words):
            return [one for one in coded if not kinds or one[1].kind in kinds]
        simple = query.rewritten(self._shipped().contents.simplified)
        queries = [query] if simple == query else [query, simple]
        found = sorted(find(self._files, queries, kinds=kinds), key=Found.order)
        ranked = [(one.fit, one.place) for one in found]
        return self._of_area(simple, ranked, kinds=kinds) or ranked

    def _of_area(
        self, query: Query, ranked: list[tuple[Fit, Place]], *, kinds: Collection[str]
    ) -> list[tuple[Fit, Place]]:
        """What has the name of a province or prefecture that was typed, or lies in it."""
        named = [place for rank, place in ranked if rank is Fit.NAME]
        if any(rank <= Fit.ALIAS and place.kind in ("city", "own") for rank, place in ranked):
            return []
        counties = any(place.kind == "county" for place in named)
        inside = places_in(self._shipped(), query.typed, counties_named=counties)
        if not inside:
            return []
        chosen = [place for place in inside if not kinds or place.kind in kinds]
        return [(Fit.AREA, place) for place in dict.fromkeys([*named, *chosen])]

    def _coded(self, code: str) -> list[tuple[Fit, Place]]:
        """Places of a code; of a township's or village's that no list has, what it lies in."""
        places = self._with_codes(same_codes(code))
        for wider in wider_codes(code) if not places else ():
            within = self._with_codes(same_codes(wider))
            if within:
                places = [replace(place, stands_for=code) for place in within]
                break
        return [(Fit.NAME, place) for place in places]

    def _with_codes(self, codes: Iterable[str]) -> list[Place]:
        found: list[Place] = []
        for reader in filter(None, (file.reader() for file in self._files)):
            found += [reader.place(row) for code in codes for row in reader.coded(code)]
        return found


def distance(place: Place, near: LonLat) -> float:
    """How far a place is from a point, m."""
    return float(
        great_circle_distance(
            longitude=place.longitude,
            latitude=place.latitude,
            to_longitude=near.longitude,
            to_latitude=near.latitude,
        )
    )


def _around(reader: Reader, lonlat: LonLat, limit: int, kinds: Collection[str]) -> list[NearPlace]:
    points = reader.contents.points
    points = points[reader.contents.are_of(kinds)] if kinds else points
    distances = distances_to(points, lonlat)
    nearest = np.argsort(distances, kind="stable")[:limit]
    far = {int(points[at, 0]): float(distances[at]) for at in nearest}
    return [NearPlace(reader.place(row), far[row[0]]) for row in reader.rows(far)]


def _kind_of(text: str) -> str:
    """What a text is called in a refusal."""
    digits = unicodedata.normalize("NFKC", text).strip().isdecimal()
    return "code (it has those of counties and prefectures)" if digits else "name"
