"""Areas per grade as a table or a document, by the ending of the file."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from forecast.errors import InvalidRequest
from forecast.export.manifest import whole_file
from forecast.export.table import safe_text

COLUMNS: Final = (
    *("zone", "scope", "kind", "rule", "name_zh", "name_en", "day", "grade"),
    *("area_km2", "area_mu", "share"),
)
_TYPED: Final = ("zone", "name_zh", "name_en")
"""What people wrote, in a file of zones or in a profile."""
FORMS: Final = (".csv", ".json")


def check_areas(path: Path) -> None:
    """Refuse a file whose ending says neither of what is written.

    Raises:
        InvalidRequest: it ends otherwise.
    """
    if path.suffix.lower() not in FORMS:
        raise InvalidRequest(
            f"areas in {str(path)!r} were asked; allowed are files that end in {' or '.join(FORMS)}"
        )


def write_areas(
    document: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], *, path: Path
) -> None:
    """Write areas: all that is known of them as JSON, or one row for each grade as CSV (UTF-8).

    Args:
        document: with cycle, mask and zones.
        rows: of the table, by `COLUMNS`.
        path: the file; it appears only when it is whole.

    Raises:
        InvalidRequest: its ending says neither.
    """
    check_areas(path)
    with whole_file(path) as partial:
        if path.suffix.lower() == ".json":
            text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
            partial.write_text(text, encoding="utf-8")
            return
        with partial.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({**row, **{key: safe_text(str(row[key])) for key in _TYPED}})
