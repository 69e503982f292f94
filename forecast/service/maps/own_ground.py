"""The operator's own base layer: licensed tiles below the forecast, with what the law asks to show.

None ships. A file names the tiles, who made them, the review number of the map and its zooms.
"""

import sqlite3
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from forecast.errors import InvalidRequest, SettingsError
from forecast.service.maps.mercator import DEEPEST, Tile

NAME: Final = "base_layer"
ADDRESS: Final = "/tiles/base/{z}/{x}/{y}"
"""Where this service gives the tiles of a folder or an MBTiles file."""

ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp")
MBTILES: Final = ".mbtiles"
_BEGINNINGS: Final = {
    "image/png": (b"\x89PNG\r\n\x1a\n", 0),
    "image/jpeg": (b"\xff\xd8\xff", 0),
    "image/webp": (b"WEBP", 8),
}
MEDIA_TYPES: Final = tuple(_BEGINNINGS)

Text = Annotated[str, Field(min_length=1, max_length=200)]
Zoom = Annotated[int, Field(ge=0, le=DEEPEST)]


class Described(BaseModel):
    """What the operator's file says of the layer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name_zh: Text
    name_en: Text
    attribution: Text
    review_number: Annotated[str, Field(max_length=60)]
    min_zoom: Zoom
    max_zoom: Zoom
    tiles: str | None = None
    address: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.min_zoom > self.max_zoom:
            raise ValueError(f"min_zoom {self.min_zoom} lies above max_zoom {self.max_zoom}")
        if (self.tiles is None) == (self.address is None):
            raise ValueError(
                "one of tiles (a folder or an MBTiles file) and address (a path on this origin)"
                " is needed, and not both"
            )
        if self.address is not None and not _is_own(self.address):
            raise ValueError(
                f"address {self.address!r} is none; allowed is a path on this origin that begins"
                " with one / and holds {z}, {x} and {y}, as in /basemap/{z}/{x}/{y}.png"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGround:
    """A base layer of the operator's.

    Attributes:
        about: what its file says.
        place: folder or MBTiles file of the tiles; None where another server on the origin has
            them.
        ending: of the files in the folder.
    """

    about: Described
    place: Path | None
    ending: str = ""

    @classmethod
    def read(cls, file: Path) -> "OwnGround":
        """Read a layer's file and look whether its tiles are there.

        Args:
            file: TOML; `tiles` in it is seen from its folder.

        Raises:
            SettingsError: the file is wrong, or has no tile in its range of zooms.
        """
        about = _described(file)
        if about.tiles is None:
            return cls(about=about, place=None)
        place = file.parent / about.tiles
        if place.suffix == MBTILES:
            made = cls(about=about, place=place)
            first = _first_in_file(place, about)
        else:
            found = _first_in_folder(place, about)
            made = cls(about=about, place=place, ending="" if found is None else found.suffix)
            first = None if found is None else found.read_bytes()
        if first is None:
            raise _wrong(
                file,
                f"{place} has no tile of zoom {about.min_zoom} to {about.max_zoom}; allowed are a"
                f" folder with z/x/y and {', '.join(ENDINGS)}, numbered from the north-west, or an"
                " MBTiles file",
            )
        if media_type(first) is None:
            raise _wrong(file, f"the tiles of {place} are no PNG, JPEG or WebP pictures")
        return made

    def told(self) -> dict[str, Any]:
        """What the map shows and asks, ready for JSON."""
        said = self.about.model_dump(exclude={"tiles", "address"})
        return {**said, "template": self.about.address or ADDRESS}

    def tile(self, tile: Tile) -> bytes | None:
        """A picture as the operator's tiles have it; None where they have none.

        Args:
            tile: of the web map. Its numbers alone make the name of the file.

        Raises:
            InvalidRequest: a zoom that the layer does not have.
        """
        about, place = self.about, self.place
        if not about.min_zoom <= tile.zoom <= about.max_zoom:
            raise InvalidRequest(
                f"zoom {tile.zoom} of the base layer was asked; allowed are {about.min_zoom} to"
                f" {about.max_zoom}"
            )
        if place is None:
            return None
        if not self.ending:
            return _of_file(place, tile)
        path = place / f"{tile.zoom}" / f"{tile.x}" / f"{tile.y}{self.ending}"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def media_type(picture: bytes) -> str | None:
    """Media type of a picture by its first bytes; None where it is none that browsers draw."""
    for name, (beginning, at) in _BEGINNINGS.items():
        if picture[at : at + len(beginning)] == beginning:
            return name
    return None


def _is_own(address: str) -> bool:
    slots = all(slot in address for slot in ("{z}", "{x}", "{y}"))
    return slots and address[:1] == "/" and address[1:2] not in {"/", "\\"}


def _described(file: Path) -> Described:
    try:
        return Described.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        sentence = first["msg"].removeprefix("Value error, ")
        raise _wrong(file, f"{name}: {sentence.lower()}" if name else sentence) from error
    except (OSError, ValueError) as error:
        raise _wrong(file, f"it cannot be read: {error}") from error


def _wrong(file: Path, sentence: str) -> SettingsError:
    return SettingsError(f"setting {NAME!r} is {str(file)!r}; {sentence}")


def _first_in_folder(folder: Path, about: Described) -> Path | None:
    """Any tile in the range of zooms."""
    for zoom in range(about.min_zoom, about.max_zoom + 1):
        for ending in ENDINGS:
            found = next((folder / f"{zoom}").glob(f"[0-9]*/[0-9]*{ending}"), None)
            if found is not None:
                return found
    return None


def _first_in_file(file: Path, about: Described) -> bytes | None:
    query = "SELECT tile_data FROM tiles WHERE zoom_level BETWEEN ? AND ? LIMIT 1"
    try:
        return _asked(file, query, (about.min_zoom, about.max_zoom))
    except sqlite3.Error as error:
        raise SettingsError(
            f"setting {NAME!r}: {file} is no MBTiles file that can be read: {error}"
        ) from error


def _of_file(file: Path, tile: Tile) -> bytes | None:
    """A tile of an MBTiles file, whose rows count from the south (MBTiles 1.3)."""
    query = "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"
    return _asked(file, query, (tile.zoom, tile.x, 2**tile.zoom - 1 - tile.y))


def _asked(file: Path, query: str, values: tuple[int, ...]) -> bytes | None:
    address = f"{file.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as opened:
        row = opened.execute(query, values).fetchone()
    return None if row is None else bytes(row[0])
