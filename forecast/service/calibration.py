"""What observations did to a cell's forecast: whether it was corrected, by how much, on what."""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.emos import ATTRIBUTE, from_text
from forecast.service.told_error import ToldError
from forecast.store import Cycle

GROUP: Final = "calibration"
CORRECTED: Final = ("temperature_2m", "dew_point_2m")
FOLLOWING: Final = (
    "relative_humidity_2m",
    "vapour_pressure_deficit",
    "surface_pressure",
    "snowfall_water",
    "wet_bulb_2m",
    "delta_t",
)
"""Quantities that are made from temperature or dew point, and so change with them."""

NO_OBSERVATIONS: Final = "no observation was used for this cycle"

UNCORRECTED: Final[Mapping[str, Any]] = {"applied": False, "reason": NO_OBSERVATIONS}
"""What an answer says where no observation was used."""

Floats = npt.NDArray[np.float32]


class Calibration:
    """The terms that were added to a cycle, by cell.

    Args:
        terms: `pattern(term, latitude, longitude)` in K and `weight(term, time)`, with
            `variable`, `kind` and `stations` on the term; see `Cycle.calibration`.

    Attributes:
        members: coefficients for the members, by variable and span of leads.
        members_refused: why there are none.
        error: standard error of the temperature that is published.
    """

    def __init__(self, terms: xr.Dataset) -> None:
        self._patterns: Floats = terms["pattern"].values
        self._weights: Floats = terms["weight"].values
        self._variables = [str(name) for name in terms["variable"].values]
        self._kinds = [str(kind) for kind in terms["kind"].values]
        self._stations = [int(count) for count in terms["stations"].values]
        self._until = str(terms.attrs.get("observed_until", "")) or None
        self._before, self._after = (
            _table(terms.attrs.get(name)) for name in ("hidden_mae_before", "hidden_mae_after")
        )
        self.members, self.members_refused = from_text(terms.attrs.get(ATTRIBUTE))
        self.error = ToldError(terms, before=self._before, after=self._after)
        self._refused = [str(one) for one in json.loads(terms.attrs.get("refused", "[]"))]

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that have a term."""
        return tuple(name for name in CORRECTED if name in self._variables)

    def at(self, name: str, *, row: int, column: int) -> Floats:
        """What was added to a variable at a cell, K [time]; zeros where it has no term."""
        own = [place for place, other in enumerate(self._variables) if other == name]
        added = self._patterns[own, row, column] @ self._weights[own]
        return np.asarray(added, dtype=np.float32)

    def passport(self, *, row: int, column: int, steps: npt.NDArray[np.intp]) -> dict[str, Any]:
        """What an answer says of its correction.

        Args:
            row: of the cell.
            column: likewise.
            steps: of the cycle that are answered.
        """
        if not self._variables:
            return {"applied": False, "reason": "; ".join(self._refused) or NO_OBSERVATIONS}
        return {
            "applied": True,
            "observed_until": self._until,
            "variables": {
                name: self._told(name, self.at(name, row=row, column=column)[steps])
                for name in self.variables
            },
            "following": list(FOLLOWING),
            "refused": self._refused,
        }

    def _told(self, name: str, added: Floats) -> dict[str, Any]:
        own = [place for place, other in enumerate(self._variables) if other == name]
        extreme = float(added[np.abs(added).argmax()]) if added.size else None
        return {
            "mean_k": round(float(added.mean()), 2) if added.size else None,
            "extreme_k": None if extreme is None else round(extreme, 2),
            "terms": [
                {
                    "kind": kind,
                    "stations": max(
                        self._stations[place] for place in own if self._is(place, kind)
                    ),
                    "hidden_mae_before_k": self._before.get(f"{kind} {name}"),
                    "hidden_mae_after_k": self._after.get(f"{kind} {name}"),
                }
                for kind in dict.fromkeys(self._kinds[place] for place in own)
            ],
        }

    def _is(self, place: int, kind: str) -> bool:
        return self._kinds[place] == kind


def calibration_of(cycle: Cycle) -> Calibration | None:
    """The correction of a cycle, or None where no observation was used.

    Raises:
        DamagedCycle: a chunk is gone or changed.
    """
    return Calibration(cycle.calibration()) if cycle.has(GROUP) else None


def is_corrected(cycle: Cycle) -> bool:
    """Whether observations changed a cycle, told from its list of files alone.

    A correction without terms is stored too, with the reasons; it has no numbers of stations.
    """
    return any(path.startswith(f"{GROUP}/stations/c/") for path in cycle.manifest.by_path)


def _table(text: str | None) -> Mapping[str, float]:
    """Errors at hidden stations by `kind variable`, as they were written down."""
    return dict(json.loads(text)) if text else {}
