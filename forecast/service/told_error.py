"""How far a forecast of temperature may lie from what comes, as stations have told its cycle."""

from collections.abc import Mapping
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import InvalidRequest

VARIABLE: Final = "temperature_2m"
METHOD: Final = "error of the forecast at stations"
DEFINITION: Final = "normal about the forecast, with the standard error that its cycle tells"

LEAST_WEIGHT: Final = 0.05
"""Of the newest residuals, below which an error measured with them says nothing."""

_DEVIATION_PER_MAE: Final = float(np.sqrt(np.pi / 2.0))
"""Standard deviation of a normal error over its mean absolute size."""

Floats = npt.NDArray[np.float64]


class ToldError:
    """Standard error of the published temperature against an observation, by cell and time.

    What hidden stations were off by, s0, is known from the bias term at later days, or, without
    one, from before the newest residuals were spread. Where these were, with the standard error s
    and the weight w of the time, the variance is w² s² + (1 - w²) s0², that of an error which
    decays as a first-order autoregression. On still nights it is at least the error of the cold
    pool, which is wider in relief, times the stillness. How errors grow with the lead beyond that
    is not known.

    Args:
        terms: of the correction; see `Cycle.calibration`.
        before: mean absolute errors at hidden stations without each term, K, by `kind variable`.
        after: the same with it.
    """

    def __init__(
        self, terms: xr.Dataset, *, before: Mapping[str, float], after: Mapping[str, float]
    ) -> None:
        self._of: dict[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = {}
        if "spread" in terms:
            named = zip(terms["variable"].values, terms["kind"].values, strict=True)
            for place, (name, kind) in enumerate(named):
                if name == VARIABLE:
                    held = terms["spread"].values[place], terms["weight"].values[place]
                    self._of.setdefault(str(kind), held)
        self._lasting = after.get(f"bias {VARIABLE}") if "bias" in self._of else None
        self._fading = before.get(f"analysis {VARIABLE}") if "analysis" in self._of else None

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return self._lasting is not None or self._fading is not None

    def at(self, row: int, column: int) -> Floats:
        """Standard error at a cell, K [time]; NaN at times for which none is known.

        Args:
            row: of the cell.
            column: likewise.
        """
        mae = self._fading if self._lasting is None else self._lasting
        steps = next(iter(self._of.values()))[1].size if self._of else 0
        if mae is None:
            return np.full(steps, np.nan)
        variance = np.full(steps, (_DEVIATION_PER_MAE * mae) ** 2)
        if "analysis" in self._of:
            spread, weight = self._of["analysis"]
            share = weight.astype(np.float64) ** 2
            variance = share * float(spread[row, column]) ** 2 + (1.0 - share) * variance
            if self._lasting is None:
                variance[weight < LEAST_WEIGHT] = np.nan
        error = np.sqrt(variance)
        if "cold pool" in self._of:
            spread, weight = self._of["cold pool"]
            error = np.maximum(error, spread[row, column] * weight.astype(np.float64))
        return np.asarray(error)


def error_quantiles(forecast: Floats, error: Floats, *, levels: tuple[float, ...]) -> list[Floats]:
    """Quantiles of a normal about a forecast, one row a level.

    Args:
        forecast: [time], NaN where missing.
        error: standard error [time], NaN where not known.
        levels: percentages, above 0 and below 100.

    Raises:
        InvalidRequest: a level that a normal does not have.
    """
    for level in levels:
        if not 0.0 < level < 100.0:
            raise InvalidRequest(
                f"the quantile {level:g} was asked of an error that has no bounds; allowed are"
                " numbers above 0 and below 100"
            )
    return [forecast + NormalDist().inv_cdf(level / 100.0) * error for level in levels]
