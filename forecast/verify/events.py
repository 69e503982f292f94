"""Scores of yes-or-no forecasts: rain above an amount, frost; and what they are worth."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scores.categorical import BinaryContingencyManager
from scores.continuous import relative_economic_value

from forecast.verify.classes import classes
from forecast.verify.comparison import KEY, Comparison
from forecast.verify.continuous import SMALL, Rule

Mask = npt.NDArray[np.bool_]

RAIN: Final = "precipitation"
RAIN_MM: Final = (0.1, 10.0, 25.0, 50.0)
"""Limits of light, moderate, heavy rain and rainstorm in 24 h (GB/T 28592-2012), mm."""

FROST_VARIABLE: Final = "temperature_2m"
FROST_C: Final = (0.0, 2.0)
"""Air temperature at or below which a frost is counted, degC: freezing air, and the 2 K above it
at which leaves under a clear sky freeze."""

COST_LOSS: Final = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Cost of protecting over the loss without: a sprinkler night beside an orchard's crop, upwards."""

DAY_HOURS: Final = 24


def event_scores(forecast: Mask, observed: Mask) -> dict[str, Any]:
    """Scores of one method's yes and no.

    Args:
        forecast: whether the event was forecast [pair].
        observed: whether it came.

    Returns:
        `n`, `events`, `hits`, `misses`, `false_alarms`, `pod` (hits / events), `far` (false
        alarms / forecast events), `ets` (Gilbert's skill score), `frequency_bias`, and
        `value_C` for each cost-loss ratio C: relative economic value (Richardson 2000,
        Q. J. R. Meteorol. Soc. 126, 649, eq. 8); NaN where a share has no denominator.
    """
    ours, truth = xr.DataArray(forecast), xr.DataArray(observed)
    manager = BinaryContingencyManager(ours, truth)
    counts = {name: int(value) for name, value in manager.get_counts().items()}
    hits, misses = counts["tp_count"], counts["fn_count"]
    worth = relative_economic_value(
        ours.astype(float), truth.astype(float), cost_loss_ratios=list(COST_LOSS)
    )
    return {
        "n": int(forecast.size),
        "events": hits + misses,
        "hits": hits,
        "misses": misses,
        "false_alarms": counts["fp_count"],
        "pod": float(manager.probability_of_detection()),
        "far": float(manager.false_alarm_ratio()),
        "ets": float(manager.equitable_threat_score()),
        "frequency_bias": float(manager.frequency_bias()),
        **{
            f"value_{ratio:g}": float(value)
            for ratio, value in zip(COST_LOSS, worth.values, strict=True)
        },
        "small": bool(min(hits + misses, forecast.size - hits - misses) < SMALL),
    }


def frost_table(comparison: Comparison, rule: Rule) -> pd.DataFrame:
    """Frost as an event: air temperature at or below 0 and +2 °C, class by class.

    Args:
        comparison: holds `temperature_2m`; other variables are left alone.
        rule: classes.

    Returns:
        tidy table of `event_scores` by `threshold` (degC), class and `method`; `small` where
        events or non-events are fewer than 30.
    """
    return _event_table(
        comparison.only(FROST_VARIABLE), rule, thresholds=FROST_C, happens=np.less_equal
    )


def rain_table(comparison: Comparison, rule: Rule) -> pd.DataFrame:
    """Rain at or above 0.1, 10, 25 and 50 mm, class by class.

    Args:
        comparison: its `precipitation` is what is summed already, see `daily_rain`.
        rule: classes.
    """
    return _event_table(comparison.only(RAIN), rule, thresholds=RAIN_MM, happens=np.greater_equal)


def daily_rain(comparison: Comparison) -> Comparison:
    """24 h sums of hourly rain: lead 0-24 h, 24-48 h …, whole days only.

    Args:
        comparison: hourly `precipitation`, mm, at the end of each hour.
    """
    part = comparison.only(RAIN)
    table = part.table
    ahead = table["time"] - table["reference_time"]
    hours = ahead.dt.total_seconds().to_numpy(float) / 3600.0
    day = np.ceil(hours / DAY_HOURS).astype(int)
    end = table["reference_time"] + pd.to_timedelta(day * DAY_HOURS, unit="h")
    keys = [*KEY[:2], "reference_time", "end"]
    grouped = table.assign(end=end).groupby(keys, sort=False)
    sums = grouped[["observed", *part.methods]].sum()
    known = grouped.first().drop(columns=["observed", *part.methods, "time"])
    whole = grouped.size() == DAY_HOURS
    result = known.join(sums)[whole].reset_index().rename(columns={"end": "time"})
    result["lead_h"] = (result["time"] - result["reference_time"]).dt.total_seconds() / 3600.0
    return Comparison(table=result, methods=part.methods, notes=part.notes)


def _event_table(
    part: Comparison,
    rule: Rule,
    *,
    thresholds: tuple[float, ...],
    happens: Callable[[Any, float], Any],
) -> pd.DataFrame:
    rows: list[Mapping[str, Any]] = []
    for labels, mask in classes(part.table, rule.splits):
        inside = part.table[mask]
        if inside.empty:
            continue
        for threshold in thresholds:
            truth = happens(inside["observed"].to_numpy(float), threshold)
            rows += [
                {"threshold": threshold, **labels, "method": method}
                | event_scores(happens(inside[method].to_numpy(float), threshold), truth)
                for method in part.methods
            ]
    return pd.DataFrame(rows)
