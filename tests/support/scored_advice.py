"""A small region whose advice is over and was observed: a scorecard that can be counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd

from forecast.advise.profile import shipped_profile
from forecast.store.advice import AdviceLedger, Issue, IssuedDay, Spot
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from tests.support.small_region import NAME, SmallRegion

TEA = shipped_profile("tea.cuilan.yuexi")
LATER = "2025-05-01T00:00Z"
"""A clock for which all of it is over."""

SAID = {11: 0.9, 12: 0.3, 13: 0.0, 14: 0.1}
"""Chance of light frost by day of April, told on the 10th; warned of from 0.15 on."""

FROSTS = (11, 14)
"""Days of April on whose morning the station had 3 degrees; the others had 10 throughout."""


def fill(region: SmallRegion) -> None:
    """Put the advice of one cycle for two zones beside the region, and what one station saw."""
    paths = StorePaths(region.root / NAME)
    ledger = AdviceLedger.create(paths.advice)
    for zone, station, elevation in (("茶园", "58314", 30.0), ("高山", "", 900.0)):
        spot = Spot(
            zone=zone,
            place=zone,
            longitude=117.7,
            latitude=39.45,
            elevation=elevation,
            station=station,
        )
        ledger.add(_issue(spot))
    store = ObservationStore.create(paths.observations)
    place = {"longitude": 117.7, "latitude": 39.45, "elevation": 30.0, "kind": "csv"}
    store.add_stations(pd.DataFrame({"station": ["58314"], "name": "茶园", **place}))
    times = pd.date_range("2025-04-07", "2025-04-20", freq="h")
    table = pd.DataFrame({"time": times, "value": 10.0, "station": "58314", "flag": 0})
    mornings = [pd.Timestamp(2025, 4, day) - pd.Timedelta(hours=3) for day in FROSTS]
    table.loc[table["time"].isin(mornings), "value"] = 3.0
    store.add_observations(table.assign(variable="temperature_2m"))


def _issue(spot: Spot) -> Issue:
    run = datetime(2025, 4, 10, tzinfo=UTC)
    days = tuple(
        IssuedDay(
            rule="frost.spring",
            kind="hazard",
            day=date(2025, 4, day),
            ends=run + timedelta(days=day - 10, hours=12),
            state="1" if chance >= 0.15 else "none",
            status="none",
            warned=int(chance >= 0.15),
            members=20,
            chances={"1": chance, "2": 0.0, "3": 0.0, "4": 0.0},
        )
        for day, chance in SAID.items()
    )
    return Issue(
        cycle_id="20250410T00Z-ecmwf-ifs-ens-1",
        source="ecmwf-ifs-ens",
        simulated=False,
        reference_time=run,
        issued_at=run,
        spot=spot,
        profile=TEA.id,
        version=TEA.version,
        days=days,
    )
