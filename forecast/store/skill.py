"""How good a region's forecasts have proved: one document beside its cycles.

`zhitian verify --region R` writes it, the service reads it. It tells of many cycles, so it lies
in the region's folder and not in a cycle; a cycle's removal leaves it as it is.

Shape of the document (`zhitian-skill/1`):

* `format`, `region`, `made` (ISO 8601 UTC), `source` (list of names), `simulated` (bool);
* `period`: `from` and `until` (first and last valid time, ISO 8601 UTC), `stations`, `cycles`;
* `reference`: the method that `skill` is measured against; `confidence`: 0.95;
* `rows`: one for each variable, method and class, with `variable`, `unit`, `method`, `lead`,
  `dz`, `sun` (the classes, `all` for no split), `n`, `stations`, `mae`, `rmse`, `bias`,
  `within` (share of errors of at most `tolerance`, both null where China's measure has none),
  `skill` (1 - MAE / MAE of the reference, share) with its interval `low`, `high`, and `small`
  (true below 30 pairs: the figures say next to nothing);
  Rows of `calibrated` rest on the corrected pairs alone, all others on every pair.
* `looks`: how many intervals were looked at; `limits`: sentences on what it does not show;
* `seen`: numbers of the method that were chosen with a look at these observations.

Missing figures are null, never 0.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from forecast.store.paths import StorePaths
from forecast.store.region_document import RegionDocument

SKILL_FORMAT: Final = "zhitian-skill/1"

_KIND: Final = RegionDocument(name="skill document", format=SKILL_FORMAT)


def read_skill(root: Path) -> dict[str, Any] | None:
    """The skill document of a region's store, or None where nothing was verified yet.

    Args:
        root: the region's folder, `STORE/<region>`.

    Raises:
        StoreError: the document cannot be read or is of another format.
    """
    return _KIND.read(StorePaths(root).skill)


def write_skill(root: Path, document: Mapping[str, Any]) -> Path:
    """Replace the skill document of a region's store whole; returns its path.

    Args:
        root: the region's folder, `STORE/<region>`, which exists.
        document: as `forecast.verify.document` makes it; NaN becomes null.

    Raises:
        StoreError: the document is of another format, or the disk refuses it.
    """
    return _KIND.write(StorePaths(root).skill, document)
