"""The offline gazetteer: places by Chinese name, pinyin, English name or coordinates."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self

from forecast.errors import AmbiguousPlace, InvalidRequest, UnknownPlace
from forecast.query.coordinates import parse_coordinates
from forecast.query.names import fold, is_han, tokens, within_one_slip
from grids import LonLat

MAX_TEXT: Final = 200
_CANDIDATES: Final = 60
_EXACT, _PREFIX, _WORDS, _SLIP = 0, 10, 20, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the gazetteer, WGS 84.

    Attributes:
        name_zh: Chinese name, may be empty.
        name_en: name in Latin letters.
        kind: `county`, `town` or `coordinates`.
        province: Chinese name of the province.
        city: Chinese name of the city, may be empty.
        longitude: degrees east.
        latitude: degrees north.
        population: people, 0 where not known.
        code: identifier in the source.
        source: `tianditu`, `geonames` or `request`.
    """

    name_zh: str
    name_en: str
    kind: str
    province: str
    city: str
    longitude: float
    latitude: float
    population: int
    code: str
    source: str

    @property
    def lonlat(self) -> LonLat:
        """The point that stands for the place."""
        return LonLat(longitude=self.longitude, latitude=self.latitude)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """Name with province, as a list of candidates shows it."""
        name = self.name_zh or self.name_en
        above = self.province if self.city in ("", self.province) else self.province + self.city
        return f"{above}{name}" if is_han(name) else f"{name} ({above})"


class Gazetteer:
    """Search in a gazetteer file; read-only and safe to use from any number of threads.

    Args:
        path: file that `forecast.query.gazetteer` built.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InvalidRequest(f"there is no gazetteer at {path}")
        self._path = path
        self._local = threading.local()

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The gazetteer that comes with the product."""
        return cls(Path(str(files("forecast").joinpath("data/places/places.sqlite"))))

    def search(self, text: str, *, limit: int = 10) -> list[Place]:
        """Places that a text may mean, best first; empty where there is none.

        Args:
            text: name, several words, or coordinates.
            limit: most places to return.

        Raises:
            InvalidRequest: the text is empty or too long.
            InvalidLocation: the text is coordinates that are not on the earth.
        """
        return [place for place, _ in self._ranked(text)[:limit]]

    def resolve(self, text: str, *, preferred: Callable[[Place], bool] | None = None) -> Place:
        """The one place that a text means.

        Args:
            text: name, several words, or coordinates.
            preferred: tells which of several equally good places is meant, as by its region.

        Raises:
            UnknownPlace: there is none.
            AmbiguousPlace: several are equally good; the sentence lists them.
        """
        ranked = self._ranked(text)
        if not ranked:
            raise UnknownPlace(f"place {text!r} was asked; the gazetteer has no such name")
        best = [place for place, score in ranked if score[:2] == ranked[0][1][:2]]
        if len(best) > 1 and preferred is not None:
            best = [place for place in best if preferred(place)] or best
        if len(best) > 1:
            named = "; ".join(str(place) for place in best[:5])
            raise AmbiguousPlace(
                f"place {text!r} was asked; {len(best)} places have that name: {named}."
                " Add the province, or give lat and lon"
            )
        return best[0]

    def _ranked(self, text: str) -> list[tuple[Place, tuple[int, int, int]]]:
        """Places with their scores (how it matched, kind, minus population), best first."""
        if not text.strip() or len(text) > MAX_TEXT:
            raise InvalidRequest(
                f"a place of {len(text.strip())} characters was asked; allowed are 1 to {MAX_TEXT}"
            )
        point = parse_coordinates(text)
        if point is not None:
            return [(_from_request(point), (0, 0, 0))]
        found: dict[int, tuple[Place, tuple[int, int, int]]] = {}
        for rows, base in (
            (self._exact(text), _EXACT),
            (self._prefix(text), _PREFIX),
            (self._words(text), _WORDS),
        ):
            self._collect(rows, base, found)
        if not found:
            self._collect(self._slips(text), _SLIP, found)
        return sorted(found.values(), key=lambda item: item[1])

    @staticmethod
    def _collect(
        rows: list[tuple[Any, ...]],
        base: int,
        found: dict[int, tuple[Place, tuple[int, int, int]]],
    ) -> None:
        for rank, number, *values in rows:
            if number not in found:
                place = _place(values)
                kind = 0 if place.kind == "county" else 1
                found[number] = (place, (base + rank, kind, -place.population))

    def _exact(self, text: str) -> list[tuple[Any, ...]]:
        return self._query(
            "SELECT k.rank, p.* FROM keys k JOIN places p ON p.id = k.place"
            " WHERE k.key IN (?, ?)",
            (fold(text), text.strip()),
        )

    def _prefix(self, text: str) -> list[tuple[Any, ...]]:
        key = fold(text)
        if len(key) < 2:
            return []
        return self._query(
            "SELECT min(k.rank), p.* FROM keys k JOIN places p ON p.id = k.place"
            " WHERE k.key >= ? AND k.key < ? GROUP BY p.id"
            " ORDER BY p.kind, p.population DESC LIMIT ?",
            (key, key + "\U0010ffff", _CANDIDATES),
        )

    def _words(self, text: str) -> list[tuple[Any, ...]]:
        words = tokens(text)
        if not words:
            return []
        match = " AND ".join(f'"{word}"' + ("*" if not is_han(word) else "") for word in words)
        return self._query(
            "SELECT CASE WHEN instr(?, p.name_zh) > 0 THEN 0 ELSE 1 END, p.*"
            " FROM documents d JOIN places p ON p.id = d.rowid WHERE d.documents MATCH ?"
            " ORDER BY 1, p.kind, p.population DESC LIMIT ?",
            (text, match, _CANDIDATES),
        )

    def _slips(self, text: str) -> list[tuple[Any, ...]]:
        """Latin names one slip away, by shared trigrams."""
        key = fold(text)
        if is_han(key) or len(key) < 4:
            return []
        pieces = " OR ".join(f'"{key[at : at + 3]}"' for at in range(len(key) - 2))
        rows = self._query(
            "SELECT 0, p.* FROM trigrams t JOIN places p ON p.id = t.rowid"
            " WHERE t.trigrams MATCH ? ORDER BY t.rank LIMIT 400",
            (pieces,),
        )
        return [row for row in rows if within_one_slip(key, fold(row[3]))]

    def _query(self, statement: str, arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        database: sqlite3.Connection | None = getattr(self._local, "database", None)
        if database is None:
            database = sqlite3.connect(f"file:{self._path}?mode=ro&immutable=1", uri=True)
            self._local.database = database
        return database.execute(statement, arguments).fetchall()


def _place(values: list[Any]) -> Place:
    names = (
        "name_zh", "name_en", "kind", "province", "city", "longitude", "latitude", "population",
        "code", "source",
    )  # fmt: skip
    return Place(**dict(zip(names, values, strict=True)))


def _from_request(point: LonLat) -> Place:
    text = f"{point.latitude:.4f} N {point.longitude:.4f} E"
    return Place(
        name_zh="",
        name_en=text,
        kind="coordinates",
        province="",
        city="",
        longitude=point.longitude,
        latitude=point.latitude,
        population=0,
        code="",
        source="request",
    )
