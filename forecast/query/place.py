"""One place: what an answer says of it, and how a list of candidates names it."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from grids import LonLat

KINDS: Final = ("city", "county", "town", "own", "coordinates")
NAMED_KINDS: Final = KINDS[:4]
"""Kinds that a question may be narrowed to."""

LISTED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the gazetteer or of the operator's own lists, WGS 84.

    Attributes:
        code: county code, GeoNames number, the operator's code, or empty for coordinates.
        kind: `city`, `county`, `town` (any smaller place), `own` or `coordinates`.
        name_zh: Chinese name, may be empty.
        name_en: name in Latin letters.
        pinyin: syllables of the short Chinese name, may be empty.
        aliases: other names.
        province: Chinese name of the province, may be empty.
        province_en: its English name.
        city: Chinese name of the prefecture, empty where it is the province; for a town that
            of the nearest county point.
        city_en: its name in Latin letters.
        county: for towns and own places the Chinese name of the county with the nearest point.
        longitude: degrees east.
        latitude: degrees north.
        population: people, 0 where not known.
        source: `tianditu`, `geonames`, `request`, or the name of the operator's list.
        elevation: m above sea level, only where the operator's list gives it.
        stands_for: code of a township or village that was asked and that no list has; the place
            is what its first digits name. Empty for a place that was asked itself.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    pinyin: str
    aliases: tuple[str, ...]
    province: str
    province_en: str
    city: str
    city_en: str
    county: str = ""
    longitude: float
    latitude: float
    population: int
    source: str
    elevation: float | None = None
    stands_for: str = ""

    @property
    def lonlat(self) -> LonLat:
        """The point that stands for the place."""
        return LonLat(longitude=self.longitude, latitude=self.latitude)

    @classmethod
    def at(cls, point: LonLat) -> Self:
        """The place that is nothing but its coordinates."""
        north, east = "NS"[point.latitude < 0], "EW"[point.longitude < 0]
        return cls(
            code="",
            kind="coordinates",
            name_zh="",
            name_en=f"{abs(point.latitude):.4f} {north} {abs(point.longitude):.4f} {east}",
            pinyin="",
            aliases=(),
            province="",
            province_en="",
            city="",
            city_en="",
            longitude=point.longitude,
            latitude=point.latitude,
            population=0,
            source="request",
        )

    @property
    def note(self) -> dict[str, str] | None:
        """In Chinese and English, that it stands for what was asked; None where it is that."""
        if not self.stands_for:
            return None
        zh = f"各地名表中没有代码 {self.stands_for}，所示为它所属的{self.name_zh or self.name_en}。"
        name = self.name_zh or self.name_en
        english = f" ({self.name_en})" if self.name_zh and self.name_en else ""
        en = f"No place list has the code {self.stands_for}; shown is {name}{english}, where it is."
        return {"zh": zh, "en": en}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "aliases": list(self.aliases), "note": self.note}

    def __str__(self) -> str:
        """Name with prefecture and province, as a list of candidates shows it."""
        if self.name_zh:
            above = [self.province, self.city if self.city != self.name_zh else ""]
            return "".join([*above, self.name_zh if self.name_zh != self.province else ""])
        return ", ".join(part for part in (self.name_en, self.city_en, self.province_en) if part)


def listing(places: list[Place]) -> str:
    """Several places in one sentence, the first five of them by name and code."""
    named = "; ".join(
        f"{place} ({place.code})" if place.code else str(place) for place in places[:LISTED]
    )
    return named + (f" and {len(places) - LISTED} more" if len(places) > LISTED else "")
