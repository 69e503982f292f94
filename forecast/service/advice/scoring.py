"""Scoring issued advice: each day as it was told, beside what the same rules say of that day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.advise.profile import CropProfile
from forecast.errors import StoreMissing, UnknownName
from forecast.service.advice.crops import Crops
from forecast.service.advice.observed import Truth, observed_weather, truth_of
from forecast.service.advice.stations import Nearby, stations_near
from forecast.service.served import ServedRegion
from forecast.store.advice import AdviceLedger
from forecast.store.advice.scorecard import SCORECARD_FORMAT, write_scorecard
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from forecast.times import iso, to_datetime64
from forecast.verify.advice import COLUMNS, score_card
from forecast.verify.resampling import CONFIDENCE
from forecast.verify.section import plain

LIMITS: Final = (
    "the base rate is that of the scored days themselves",
    "value is at the cost-loss ratio of the rule, beside the cheaper of always and never acting",
    "a day counts once for each spot and cycle that told of it; intervals draw whole days again",
    "the stage of the crop is that of the advice, the weather that of the station",
    "of windows the best one that was named is scored: whether it held; sowing is not scored",
)

ELSEWHERE: Final = "where no station is near"
CHANGED: Final = "of a version of the profile with other thresholds"
OUT_OF_STAGE: Final = "on which the rule did not apply"
NOTHING_SAID: Final = "of which nothing was known when the advice was given"
SOWING: Final = "of sowing, whose truth shows when the season is over"

_DAY_S: Final = 86_400.0
_NO_ROWS: Final = pd.DataFrame({"time": [], "variable": [], "value": []})


@dataclass(slots=True)
class _Kept:
    """Days that are scored, and those that are left out, by reason."""

    days: pd.DataFrame
    left_out: dict[str, int]

    def without(self, rows: pd.Series, reason: str) -> None:
        """Leave days out and count them."""
        count = int(rows.sum())
        if count:
            self.left_out[reason] = self.left_out.get(reason, 0) + count
            self.days = self.days[~rows]


def score_region(served: ServedRegion, crops: Crops, *, now: datetime) -> dict[str, Any]:
    """Score all real advice of a region whose days are over, and keep the scorecard.

    Args:
        served: the region.
        crops: the profiles of this installation.
        now: days that end later are not scored, aware.

    Raises:
        StoreError: the ledger or the observations cannot be read.
        StoreMissing: no advice was issued yet.
    """
    ledger = AdviceLedger.open(StorePaths(served.path).advice)
    told = ledger.days()
    over = told[told["ends"] <= pd.Timestamp(to_datetime64(now))].reset_index(drop=True)
    try:
        store = ObservationStore.open(StorePaths(served.path).observations)
        near = stations_near(served, over, stations=store.stations())
        pairs, left_out = _pairs(over, crops, store=store, near=near)
    except StoreMissing:
        near = stations_near(served, over, stations=None)
        pairs, left_out = _nothing(), {ELSEWHERE: len(over)} if len(over) else {}
    document = {
        "format": SCORECARD_FORMAT,
        "region": served.region.name,
        "made": iso(now),
        "source": sorted(map(str, over["source"].unique())),
        "confidence": CONFIDENCE,
        "period": _period(over),
        "rows": [_plain(row) for row in score_card(pairs)],
        "spots": [one.document() for one in near.values()],
        "left_out": left_out,
        "limits": list(LIMITS),
    }
    write_scorecard(served.path, document)
    return document


def _pairs(
    told: pd.DataFrame, crops: Crops, *, store: ObservationStore, near: Mapping[int, Nearby]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Pairs of what was told and what was, and the days left out by reason."""
    stations = told["spot"].map({number: one.station for number, one in near.items()})
    kept = _Kept(told.assign(truth_at=stations), {})
    kept.without(kept.days["kind"] == "sowing", SOWING)
    kept.without(kept.days["truth_at"] == "", ELSEWHERE)
    profiles = {name: _profile(crops, name) for name in kept.days["profile"].unique()}
    versions = kept.days["profile"].map(
        {name: None if one is None else _thresholds(one.version) for name, one in profiles.items()}
    )
    kept.without(kept.days["version"].map(_thresholds) != versions, CHANGED)
    kept.without(kept.days["state"] == "not-applicable", OUT_OF_STAGE)
    kept.without(kept.days["state"] == "no-data", NOTHING_SAID)
    places = store.stations().set_index("station")
    observed = {str(name): rows for name, rows in store.observations().groupby("station")}
    found = []
    for key, days in kept.days.groupby(["profile", "truth_at"], sort=True):
        name, station = map(str, key)
        profile = profiles[name]
        if profile is not None:
            rows = observed.get(station, _NO_ROWS)
            truth = _truth(
                profile, days, rows, place=dict(places.loc[[station]].to_dict("records")[0])
            )
            found += list(_beside(profile, days, truth))
    return (pd.concat(found, ignore_index=True) if found else _nothing()), kept.left_out


def _truth(
    profile: CropProfile, days: pd.DataFrame, rows: pd.DataFrame, *, place: Mapping[Any, Any]
) -> Truth:
    first, last = (days["day"].agg(how).date() for how in ("min", "max"))
    weather = observed_weather(rows, profile, station=place, first=first, last=last)
    return truth_of(profile, weather)


def _beside(profile: CropProfile, days: pd.DataFrame, truth: Truth) -> Iterator[pd.DataFrame]:
    """Pairs of one profile at one station, rule by rule and level by level."""
    starts = [
        to_datetime64(profile.boundary.begins(day.date(), zone=profile.zone)) for day in days["day"]
    ]
    days = days.assign(starts=np.array(starts, dtype="datetime64[ns]"))
    levels = {rule.id: [level.level for level in rule.levels] for rule in profile.rules}
    ratios = {rule.id: rule.decide.cost_loss for rule in profile.rules}
    for rule, told in days.groupby("rule", sort=True):
        if told["kind"].iloc[0] == "window":
            yield _window_pairs(str(rule), told, truth)
        for level in levels.get(str(rule), ()):
            yield _columns(
                told,
                level=str(level),
                probability=told[str(level)].to_numpy(float),
                warned=told["warned"].to_numpy() >= level,
                cost_loss=ratios[str(rule)],
                observed=truth.reached(str(rule), level, said=told),
            )


def _window_pairs(rule: str, told: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    observed = [truth.held(rule, row["state"], said=row) for row in told.to_dict("records")]
    said = [row[row["state"]] for row in told.to_dict("records")]
    return _columns(
        told,
        level=told["state"].to_numpy(),
        probability=np.array(said, dtype=float),
        warned=np.full(len(told), True),
        cost_loss=np.nan,
        observed=np.array(observed, dtype=float),
    )


def _columns(told: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    lead = (told["ends"] - told["reference_time"]).dt.total_seconds() / _DAY_S
    kept = told[["profile", "rule", "kind", "zone", "day"]]
    return kept.assign(lead_d=lead.to_numpy(float), **columns)[list(COLUMNS)]


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in COLUMNS})


def _profile(crops: Crops, name: str) -> CropProfile | None:
    try:
        return crops.named(name)
    except UnknownName:
        return None


def _thresholds(version: str) -> str:
    """The part of a version that changes with thresholds and meanings."""
    return version.rpartition(".")[0]


def _period(told: pd.DataFrame) -> dict[str, Any]:
    if told.empty:
        return {"from": None, "until": None, "days": 0, "cycles": 0, "spots": 0}
    return {
        "from": f"{told['day'].min():%Y-%m-%d}",
        "until": f"{told['day'].max():%Y-%m-%d}",
        "days": int(told["day"].nunique()),
        "cycles": int(told["reference_time"].nunique()),
        "spots": int(told["spot"].nunique()),
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of scores without NaN, inner ones too."""
    inner = {
        "reliability": [plain(one) for one in row["reliability"]],
        "expense": None if row["expense"] is None else plain(row["expense"]),
    }
    return {**plain({key: value for key, value in row.items() if key not in inner}), **inner}
