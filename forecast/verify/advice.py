"""How good advice has proved: warnings beside what came, chances beside frequencies, and its worth.

Every pair is one day of one rule (or one window) as one cycle told it, beside what the same rule
says of the observed weather. Errors of one day are not independent of each other, whatever the
zone, cycle or lead, so intervals draw whole days again (Künsch 1989, Ann. Statist. 17, 1217).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast.errors import DataError
from forecast.verify.classes import ALL
from forecast.verify.continuous import SMALL
from forecast.verify.members import reliability
from forecast.verify.resampling import CONFIDENCE, FEWEST_DAYS, RESAMPLES, SEED

LEADS: Final = (
    ("0–1 d", 0.0, 1.0),
    ("1–2 d", 1.0, 2.0),
    ("2–3 d", 2.0, 3.0),
    ("3–5 d", 3.0, 5.0),
    ("5–10 d", 5.0, 10.0),
    ("> 10 d", 10.0, np.inf),
)
"""Name, lead it begins after and lead it ends with: days from the start of the run to the end of
the day that is meant."""

COLUMNS: Final = (
    *("profile", "rule", "kind", "level", "zone", "day", "lead_d", "probability", "warned"),
    *("cost_loss", "observed"),
)
"""What a table of pairs holds: `level` is text, `warned` bool, `observed` 1, 0 or NaN where it is
not known, `probability` and `cost_loss` NaN where there is none."""

_SUBJECT: Final = ["profile", "rule", "kind", "level"]
_SUMS: Final = ("hits", "misses", "false_alarms", "correct_negatives", "told", "came", "squares")
"""Sums over the pairs of a day that every score is made of; the last three over those pairs that
have a probability: how many, how many of them came, and the squares of the errors."""

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]


class Draws(NamedTuple):
    """Days, and how often each of them is drawn.

    Attributes:
        days: different days, ascending [day].
        counts: how often each is drawn [draw, day].
    """

    days: Days
    counts: Floats


def score_card(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    """Scores of each rule and level, of all zones and each, of all leads and each.

    Args:
        pairs: a table of `COLUMNS`.

    Returns:
        One mapping a class with `profile`, `rule`, `kind`, `level`, `zone`, `lead` (`all` for no
        split) and what `score` gives; classes without a pair are left out.

    Raises:
        DataError: a column is absent.
    """
    absent = [name for name in COLUMNS if name not in pairs]
    if absent:
        raise DataError(f"scores of advice need the columns {', '.join(absent)}; they are absent")
    rows: list[dict[str, Any]] = []
    for subject, group in pairs.groupby(_SUBJECT, sort=True):
        labels = dict(zip(_SUBJECT, map(str, subject), strict=True))
        drawn = _draws(np.unique(group["day"].to_numpy()))
        for zone, inside in _zones(group):
            for lead, part in _leads(inside):
                rows.append({**labels, "zone": zone, "lead": lead, **score(part, drawn=drawn)})
    return rows


def score(pairs: pd.DataFrame, *, drawn: Draws | None = None) -> dict[str, Any]:
    """Scores of one class of pairs.

    Args:
        pairs: of one rule and level; days that are not known are counted and left out.
        drawn: days that hold those of the pairs, drawn once for many classes; drawn from the days
            of the pairs themselves when None.

    Returns:
        `n` pairs, `days` they lie on, `unknown` pairs left out, `events`, `hits`, `misses`,
        `false_alarms`, `correct_negatives`, `frequency` (of the event), `pod` (hits / events),
        `far` (false alarms / warnings), of the pairs with a chance `chances`, `brier` and
        `brier_skill` beside their own frequency (1 - Brier / s (1 - s), Wilks 2011, eq. 8.37),
        `reliability`; of rules with a cost-loss ratio `expense` and `value`, see `expense`; each
        of `pod`, `far`, `brier_skill` and `value` with `_low` and `_high`, the 95 % interval by
        days, NaN below 10 days; `small` where events are fewer than 30.
    """
    known = pairs[pairs["observed"].notna()]
    days, places = np.unique(known["day"].to_numpy(), return_inverse=True)
    sums = _sums(known, places, len(days))
    ratio = _ratio(pairs)
    total = sums.sum(axis=0)
    counts = dict(zip(_SUMS[:4], map(int, total[:4]), strict=True))
    ours = _figures(total[np.newaxis], ratio)
    bounds = _bounds(sums, ratio, days=days, drawn=drawn or _draws(days))
    figures: dict[str, Any] = {}
    for name, value in ours.items():
        figures[name] = float(value[0])
        figures[f"{name}_low"], figures[f"{name}_high"] = bounds[name]
    events = counts["hits"] + counts["misses"]
    size = len(known)
    return {
        "n": size,
        "days": len(days),
        "unknown": len(pairs) - size,
        "events": events,
        **counts,
        "frequency": events / size if size else np.nan,
        **figures,
        "chances": int(total[4]),
        "brier": float(total[6] / total[4]) if total[4] else np.nan,
        "reliability": _reliability(known),
        "cost_loss": ratio,
        "expense": None if np.isnan(ratio) or not size else _expenses(total, ratio),
        "small": bool(events < SMALL),
    }


def expense(
    acted: npt.NDArray[np.bool_], came: npt.NDArray[np.bool_], *, cost_loss: float
) -> dict[str, float]:
    """Mean expense of acting on advice, as a share of the loss that acting avoids.

    Args:
        acted: whether one acted [case].
        came: whether the event came [case].
        cost_loss: cost of acting over the loss that it avoids, above 0 and below 1.

    Returns:
        `ours`, `always` acting, `never` acting, `climatology` (the cheaper of these two for the
        frequency of the cases themselves), `perfect` foresight, and `value`: the share of what
        perfect foresight saves beside climatology that ours saves (Richardson 2000, Q. J. R.
        Meteorol. Soc. 126, 649, eq. 8); NaN where there is nothing to be saved.
    """
    total = np.array([
        np.count_nonzero(acted & came),
        np.count_nonzero(~acted & came),
        np.count_nonzero(acted & ~came),
        np.count_nonzero(~acted & ~came),
    ], dtype=float)  # fmt: skip
    return _expenses(total, cost_loss)


def _zones(group: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL, group
    for name in sorted(map(str, group["zone"].unique())):
        yield name, group[group["zone"] == name]


def _leads(group: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL, group
    lead = group["lead_d"].to_numpy(float)
    for name, after, until in LEADS:
        inside = (lead > after) & (lead <= until)
        if inside.any():
            yield name, group[inside]


def _ratio(pairs: pd.DataFrame) -> float:
    """The cost-loss ratio of a class; that of the newest pairs where a profile changed it."""
    given = pairs.sort_values("day", kind="stable")["cost_loss"].dropna()
    return float(given.iloc[-1]) if len(given) else np.nan


def _sums(known: pd.DataFrame, places: Any, days: int) -> Floats:
    """Sums over the pairs of each day [day, `_SUMS`]."""
    warned = known["warned"].to_numpy(bool)
    came = known["observed"].to_numpy(float) > 0.0
    said = known["probability"].to_numpy(float)
    told = np.isfinite(said)
    squares = np.where(told, (np.where(told, said, 0.0) - came) ** 2, 0.0)
    columns = (
        *(warned & came, ~warned & came, warned & ~came, ~warned & ~came),
        *(told, told & came, squares),
    )
    return np.stack(
        [np.bincount(places, weights=column, minlength=days) for column in columns], axis=1
    )


def _figures(totals: Floats, ratio: float) -> Mapping[str, Floats]:
    """POD, FAR, Brier skill and value from sums [draw, `_SUMS`]; NaN without a denominator."""
    hits, misses, alarms, rest, told, came, squares = totals.T
    frequency = _share(came, told)
    reference = frequency * (1.0 - frequency) * told
    saved = _share(hits + misses, hits + misses + alarms + rest)
    ours = _share(ratio * (hits + alarms) + misses, hits + misses + alarms + rest)
    least = np.fmin(ratio, saved) if not np.isnan(ratio) else np.full_like(saved, np.nan)
    return {
        "pod": _share(hits, hits + misses),
        "far": _share(alarms, hits + alarms),
        "brier_skill": 1.0 - _share(squares, reference),
        "value": _share(least - ours, least - ratio * saved),
    }


def _share(part: Floats, whole: Floats) -> Floats:
    empty = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=empty, where=np.abs(whole) > 1e-12)


def _bounds(
    sums: Floats, ratio: float, *, days: Days, drawn: Draws
) -> dict[str, tuple[float, float]]:
    """95 % intervals when whole days are drawn again."""
    names = _figures(np.zeros((1, len(_SUMS))), ratio)
    if days.size < FEWEST_DAYS:
        return dict.fromkeys(names, (np.nan, np.nan))
    draws = drawn.counts[:, np.searchsorted(drawn.days, days)]
    outside = 50.0 * (1.0 - CONFIDENCE)
    found = {}
    for name, values in _figures(draws @ sums, ratio).items():
        held = values[np.isfinite(values)]
        low, high = (
            np.percentile(held, [outside, 100.0 - outside]) if held.size else (np.nan, np.nan)
        )
        found[name] = (float(low), float(high))
    return found


def _draws(days: Days) -> Draws:
    """Days drawn again with replacement, fixed seed; none where they are too few."""
    if days.size < FEWEST_DAYS:
        return Draws(days, np.empty((0, days.size)))
    chances = np.full(days.size, 1.0 / days.size)
    counts = np.random.default_rng(SEED).multinomial(days.size, chances, size=RESAMPLES)
    return Draws(days, counts.astype(float))


def _expenses(total: Floats, ratio: float) -> dict[str, float]:
    hits, misses, alarms, rest = total[:4]
    size = float(hits + misses + alarms + rest)
    frequency = float(hits + misses) / size
    climatology, perfect = min(ratio, frequency), ratio * frequency
    ours = float(ratio * (hits + alarms) + misses) / size
    room = climatology - perfect
    return {
        "ours": ours,
        "always": ratio,
        "never": frequency,
        "climatology": climatology,
        "perfect": perfect,
        "value": (climatology - ours) / room if room > 1e-12 else np.nan,
    }


def _reliability(known: pd.DataFrame) -> list[dict[str, float]]:
    """Classes of probability that hold a pair: from, to, pairs, mean said, frequency."""
    told = known[known["probability"].notna()]
    if told.empty:
        return []
    table = reliability(
        xr.DataArray(told["probability"].to_numpy(float)),
        xr.DataArray(told["observed"].to_numpy(float)),
    )
    held = table[table["n"] > 0]
    return [{str(key): value for key, value in row.items()} for row in held.to_dict("records")]
