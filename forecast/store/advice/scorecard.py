"""How good a region's advice has proved: one document beside its cycles.

`zhitian scorecard` and every issuing write it, the service reads it. Only advice from real cycles
is scored; simulated advice is kept apart and never is.

Shape of the document (`zhitian-scorecard/1`):

* `format`, `region`, `made` (ISO 8601 UTC), `source` (list of names), `confidence`: 0.95;
* `period`: `from` and `until` (first and last day), `days`, `cycles`, `spots`;
* `rows`: one for each profile, rule, level, zone and lead, see `forecast.verify.advice.score`;
* `spots`: where advice was issued: `zone`, `place`, `elevation_m`, `station`, `distance_km`,
  `height_difference_m`; or `reason` where there is no truth for it;
* `left_out`: days that were not scored, by reason; `limits`: sentences on what it does not show.

Missing figures are null, never 0.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from forecast.store.paths import StorePaths
from forecast.store.region_document import RegionDocument

SCORECARD_FORMAT: Final = "zhitian-scorecard/1"

_KIND: Final = RegionDocument(name="scorecard", format=SCORECARD_FORMAT)


def read_scorecard(root: Path) -> dict[str, Any] | None:
    """The scorecard of a region's advice, or None where none was made yet.

    Args:
        root: the region's folder, `STORE/<region>`.

    Raises:
        StoreError: the document cannot be read or is of another format.
    """
    return _KIND.read(StorePaths(root).scorecard)


def write_scorecard(root: Path, document: Mapping[str, Any]) -> Path:
    """Replace the scorecard of a region whole; returns its path.

    Args:
        root: the region's folder, `STORE/<region>`, which exists.
        document: as `service.advice.scoring` makes it; NaN becomes null.

    Raises:
        StoreError: the document is of another format, or the disk refuses it.
    """
    return _KIND.write(StorePaths(root).scorecard, document)
