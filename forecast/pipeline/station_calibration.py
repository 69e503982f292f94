"""What stations add to the downscaled forecast, told only where the station itself was hidden."""

from typing import Final

import pandas as pd

from forecast.calibrate.cross_validation import cross_validation
from forecast.calibrate.evidence import places_of
from forecast.calibrate.hidden import blocks_of, random_folds
from forecast.errors import InvalidRequest
from forecast.verify.comparison import Comparison
from forecast.verify.continuous import Rule, score_table
from forecast.verify.section import Section

CORRECTED: Final = ("temperature_2m", "dew_point_2m")
OURS: Final = "zhitian"
BLOCKS: Final = "with stations, 2° blocks hidden"
TENTH: Final = "with stations, a random tenth hidden"
BLOCK_DEGREES: Final = 2.0
MOST_TIMES: Final = 24
FEWEST_STATIONS: Final = 30
FOLDS: Final = 10


def with_stations(comparison: Comparison, rule: Rule, *, elevation: pd.Series) -> Section:
    """Score the forecast corrected by the residuals of the other stations at the same time.

    Args:
        comparison: pairs that hold `zhitian`.
        rule: classes and reference.
        elevation: of each station, m, by its name.

    Raises:
        InvalidRequest: there is no downscaled temperature at 30 stations of one time.
    """
    if OURS not in comparison.methods:
        raise InvalidRequest("--calibrate was asked; it needs model files, to be downscaled")
    parts = []
    for name in CORRECTED:
        table = comparison.only(name).table
        times = table["time"].drop_duplicates().sort_values()
        every = max(1, -(-len(times) // MOST_TIMES))
        for time in times[::every]:
            rows = table[table["time"] == time]
            if len(rows) >= FEWEST_STATIONS:
                parts.append(_corrected(rows, elevation))
    if not parts:
        raise InvalidRequest(
            "--calibrate was asked; it needs temperatures of"
            f" {FEWEST_STATIONS} stations at one time"
        )
    methods = (rule.reference, OURS, BLOCKS, TENTH)
    kept = Comparison.common(pd.concat(parts, ignore_index=True), methods)
    return Section(
        title="With stations: optimal interpolation of residuals, scored at hidden stations only",
        kind="continuous",
        table=score_table(kept, rule),
        notes=(
            "Residuals of the same time are used: what stations add at lead 0; it fades later.",
            "Covariance and share are chosen without the hidden stations.",
        ),
    )


def _corrected(rows: pd.DataFrame, elevation: pd.Series) -> pd.DataFrame:
    """Both corrections of one time and variable."""
    places = places_of(rows.assign(elevation=rows["station"].map(elevation)))
    ours = rows[OURS].to_numpy(float)
    residual = rows["observed"].to_numpy(float) - ours
    labels = blocks_of(places, degrees=BLOCK_DEGREES)
    hidden = {
        BLOCKS: cross_validation(residual, places, labels=labels, folds=FOLDS),
        TENTH: cross_validation(
            residual, places, labels=random_folds(len(rows), folds=FOLDS), folds=FOLDS
        ),
    }
    return rows.assign(**{name: ours + gain.increment for name, gain in hidden.items()})
