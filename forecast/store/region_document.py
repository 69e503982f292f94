"""A document that tells of a whole region: one JSON file beside its cycles, replaced whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from forecast.errors import StoreError
from forecast.store.durable import replace_durably


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDocument:
    """Which document it is. It tells of many cycles: the removal of one leaves it as it is.

    Attributes:
        name: how sentences call it, as `skill document`.
        format: that it must have, as `zhitian-skill/1`.
    """

    name: str
    format: str

    def read(self, path: Path) -> dict[str, Any] | None:
        """The document, or None where none was made yet.

        Args:
            path: of the file.

        Raises:
            StoreError: it cannot be read or is of another format.
        """
        try:
            document = orjson.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreError(f"the {self.name} {path} cannot be read: {error}") from error
        found = document.get("format") if isinstance(document, dict) else None
        if found != self.format:
            raise StoreError(f"{path} has format {found!r}; allowed is {self.format}")
        return dict(document)

    def write(self, path: Path, document: Mapping[str, Any]) -> Path:
        """Replace the document whole; returns its path.

        Args:
            path: of the file, whose folder exists.
            document: NaN becomes null.

        Raises:
            StoreError: it is of another format, or the disk refuses it.
        """
        given = document.get("format")
        if given != self.format:
            raise StoreError(
                f"a {self.name} of format {given!r} was given; allowed is {self.format}"
            )
        try:
            replace_durably(path, orjson.dumps(dict(document), option=orjson.OPT_INDENT_2))
        except OSError as error:
            raise StoreError(f"the {self.name} {path} cannot be written: {error}") from error
        return path
