"""Sums, means and extremes over the hours up to each hour."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest
from forecast.query.events import Statistic

_REDUCE: Final[dict[str, Callable[..., Any]]] = {
    "sum": np.sum,
    "mean": np.mean,
    "minimum": np.min,
    "maximum": np.max,
}


def windowed(
    values: npt.NDArray[np.floating], statistic: Statistic, *, hours: int
) -> npt.NDArray[np.floating]:
    """Statistic of the `hours` values that end with each one, on the last axis.

    Each window is worked out by itself in float64, not as a difference of running sums, so that
    dry hours after a cloudburst stay exactly dry.

    Args:
        values: hourly, time last.
        statistic: `value` gives the values as they are.
        hours: number of values.

    Returns:
        float32 of the same shape; NaN where a value lacks or the window begins before the first.

    Raises:
        InvalidRequest: fewer hours than 1.
    """
    if hours < 1:
        raise InvalidRequest(f"a window of {hours} h was asked; it needs 1 h or more")
    if statistic == "value":
        return values
    result = np.full(values.shape, np.nan, dtype=np.float32)
    if values.shape[-1] >= hours:
        windows = np.lib.stride_tricks.sliding_window_view(values, hours, axis=-1)
        exact = {"dtype": np.float64} if statistic in ("sum", "mean") else {}
        result[..., hours - 1 :] = _REDUCE[statistic](windows, axis=-1, **exact)
    return result
