"""The terms of a correction: static patterns times weights in time, and their contract.

A correction is what is added to the downscaled temperature or dew point of a region, in K. It is
kept as few patterns on the region's grid, each with a weight for every time:

    correction(cell, time) = sum over the terms of the variable of pattern(cell) * weight(time)

so that a forecast of hundreds of hours costs a handful of maps. No terms: nothing is corrected.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.emos import ATTRIBUTE, from_text
from forecast.errors import DataError
from forecast.times import iso
from grids.grid import Grid

CORRECTED: Final = ("temperature_2m", "dew_point_2m")
"""Variables that may be corrected; what is derived from them follows."""

KINDS: Final = ("cold pool", "bias", "analysis")
"""In the order in which they are found, each from what the ones before have left."""

_DIMS: Final = {
    "pattern": ("term", "latitude", "longitude"),
    "weight": ("term", "time"),
    "spread": ("term", "latitude", "longitude"),
    "variable": ("term",),
    "kind": ("term",),
    "stations": ("term",),
}
_TEXTS: Final = ("observed_until", "hidden_mae_before", "hidden_mae_after", "refused")

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, kw_only=True, eq=False)
class Term:
    """One pattern and its weight in time.

    Attributes:
        variable: one of `CORRECTED`.
        kind: one of `KINDS`.
        pattern: what is added at weight 1, K [row, column].
        weight: 1 [time].
        stations: how many stations stand behind it.
        spread: standard error of what the term finds at weight 1, K [row, column]: of an analysed
            value for `analysis`, of the mean for `bias` (an hour errs more).
    """

    variable: str
    kind: str
    pattern: Floats
    weight: Floats
    stations: int
    spread: Floats


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said beside a correction.

    Attributes:
        observed_until: newest observation that was used, None where none was.
        before: mean absolute error at hidden stations without the term, K, by `kind variable`.
        after: the same with it.
        refused: sentences about what was not corrected, and why.
    """

    observed_until: np.datetime64 | None = None
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def assemble(
    terms: Sequence[Term], grid: Grid, *, times: npt.NDArray[np.datetime64], told: Told
) -> xr.Dataset:
    """Put terms together as the dataset that is stored and applied.

    Args:
        terms: any number, also none.
        grid: the region's grid.
        times: valid times, UTC [time].
        told: what is said beside them.

    Returns:
        `pattern` and `spread` (term, latitude, longitude), K, `weight` (term, time), 1, all
        float32, with the coordinates `variable`, `kind` and `stations` on the term.
    """
    shape = (len(terms), *grid.shape)
    maps = {
        name: np.array([getattr(term, name) for term in terms], np.float32).reshape(shape)
        for name in ("pattern", "spread")
    }
    weight = np.array([term.weight for term in terms], np.float32).reshape(len(terms), times.size)
    dataset = xr.Dataset(
        {
            "pattern": (_DIMS["pattern"], maps["pattern"], {"units": "K"}),
            "weight": (_DIMS["weight"], weight, {"units": "1"}),
            "spread": (_DIMS["spread"], maps["spread"], {"units": "K"}),
        },
        coords={
            "variable": ("term", np.array([term.variable for term in terms], dtype=object)),
            "kind": ("term", np.array([term.kind for term in terms], dtype=object)),
            "stations": ("term", np.array([term.stations for term in terms], dtype=np.int64)),
            "time": times.astype("datetime64[ns]"),
            "latitude": grid.latitudes,
            "longitude": grid.longitudes,
        },
        attrs={
            "observed_until": "" if told.observed_until is None else iso(told.observed_until),
            "hidden_mae_before": json.dumps(_rounded(told.before)),
            "hidden_mae_after": json.dumps(_rounded(told.after)),
            "refused": json.dumps(list(told.refused), ensure_ascii=False),
        },
    )
    return check(dataset)


def nothing(
    grid: Grid, *, times: npt.NDArray[np.datetime64], refused: tuple[str, ...] = ()
) -> xr.Dataset:
    """A correction without terms.

    Args:
        grid: the region's grid.
        times: valid times, UTC [time].
        refused: why, one sentence each.
    """
    return assemble((), grid, times=times, told=Told(refused=refused))


def check(correction: xr.Dataset) -> xr.Dataset:
    """Assert the contract of a correction and hand it on.

    The attribute `members` is there for runs with members only: the coefficients of `forecast.emos`
    as JSON.

    Raises:
        DataError: a part is missing, of other dims or not finite, or a name is not known.
    """
    for name, dims in _DIMS.items():
        if name == "spread" and name not in correction:
            continue
        if name not in correction.variables or correction[name].dims != dims:
            raise DataError(f"a correction needs {name} on {', '.join(dims)}")
        if name in ("pattern", "weight") and not bool(np.isfinite(correction[name]).all()):
            raise DataError(f"the {name} of a correction has values that are not finite")
    for name, allowed in (("variable", CORRECTED), ("kind", KINDS)):
        strange = sorted(set(map(str, correction[name].values)) - set(allowed))
        if strange:
            raise DataError(
                f"a correction has the {name} {strange[0]!r}; allowed are {', '.join(allowed)}"
            )
    lacking = [text for text in _TEXTS if text not in correction.attrs]
    if lacking:
        raise DataError(f"a correction lacks the attribute {lacking[0]!r}")
    from_text(correction.attrs.get(ATTRIBUTE))
    return correction


def total(correction: xr.Dataset, variable: str, *, time: np.datetime64) -> npt.NDArray[np.float32]:
    """The correction of a variable at one of its times, K [row, column].

    Args:
        correction: from `assemble`.
        variable: one of `CORRECTED`.
        time: one of the correction's times.

    Raises:
        KeyError: the time is none of them.
    """
    own = correction.isel(term=np.flatnonzero(correction["variable"].values == variable))
    weight = own["weight"].sel(time=time).values
    return np.tensordot(weight, own["pattern"].values, axes=1).astype(np.float32)


def report(correction: xr.Dataset) -> dict[str, Any]:
    """Say in plain values what a correction is made of, for the manifest and the passport.

    Returns:
        `observed_until` (ISO 8601 or None); `terms`, one entry a kind and variable with its
        `stations`, `patterns`, largest correction `largest_k` over cells and times (K) and the
        mean absolute errors at hidden stations `hidden_mae_before`, `hidden_mae_after` (K, None
        where none was measured); `refused`, sentences.
    """
    before, after = (
        json.loads(correction.attrs[name]) for name in ("hidden_mae_before", "hidden_mae_after")
    )
    names = [
        f"{k} {v}" for k, v in zip(correction.kind.values, correction.variable.values, strict=True)
    ]
    terms = []
    for name in dict.fromkeys(names):
        own = correction.isel(term=[place for place, other in enumerate(names) if other == name])
        terms.append(
            {
                "kind": str(own.kind.values[0]),
                "variable": str(own.variable.values[0]),
                "stations": int(own.stations.max()),
                "patterns": own.sizes["term"],
                "largest_k": round(_largest(own), 2),
                "hidden_mae_before": before.get(name),
                "hidden_mae_after": after.get(name),
            }
        )
    return {
        "observed_until": correction.attrs["observed_until"] or None,
        "terms": terms,
        "refused": json.loads(correction.attrs["refused"]),
    }


def _largest(own: xr.Dataset) -> float:
    """Bound on the size of a correction, K: largest over cells and times of each pattern, added."""
    peak = np.abs(own["pattern"].values).max(axis=(1, 2)) * np.abs(own["weight"].values).max(axis=1)
    return float(peak.sum())


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(number), 4) for name, number in numbers.items()}
