"""A region's archive of pairs becomes its skill document."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.errors import InvalidRequest, StoreMissing
from forecast.pipeline.region_skill import RegionOrder, verify_region
from forecast.pipeline.verification import VerifyOrder
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from forecast.store.skill import SKILL_FORMAT, read_skill
from tests.support.small_native import native_fields
from tests.support.small_region import SmallRegion

NOW = datetime(2026, 4, 20, tzinfo=UTC)
DAYS = 12


def store(folder: Path, *, forecasts: bool = True) -> Path:
    """Twelve days at one station: observed 0 °C by day and night, ours 1 K off, bilinear 2 K."""
    made = ObservationStore.create(folder / "tianjin" / "observations.sqlite")
    station = {"station": "54527", "longitude": 117.07, "latitude": 39.08, "elevation": 3.0}
    made.add_stations(pd.DataFrame([{**station, "name": "西青", "kind": "synop"}]))
    times = pd.date_range("2026-04-01T00:00", periods=DAYS * 24, freq="h")
    observed = {"station": "54527", "time": times, "variable": "temperature_2m", "value": 0.0}
    made.add_observations(pd.DataFrame(observed).assign(flag=0))
    for day in range(DAYS * forecasts):
        start = times[0] + pd.Timedelta(days=day)
        cycle = {"cycle_id": f"c{day}", "source": "ecmwf-ifs", "reference_time": start}
        hours = pd.date_range(start + pd.Timedelta(hours=1), periods=23, freq="h")
        for method, value in (("zhitian", 1.0), ("bilinear", -2.0)):
            rows = {**cycle, "station": "54527", "time": hours, "variable": "temperature_2m"}
            made.add_forecasts(pd.DataFrame({**rows, "method": method, "value": value}))
    return folder


def test_the_document_tells_skill_by_class_with_its_period(tmp_path: Path) -> None:
    asked = RegionOrder(region="tianjin", store=store(tmp_path), now=NOW)
    report = verify_region(VerifyOrder(), asked)
    document = read_skill(tmp_path / "tianjin")
    assert document is not None
    assert document["format"] == SKILL_FORMAT
    assert document["period"] == {
        "from": "2026-04-01T01:00:00Z",
        "until": "2026-04-12T23:00:00Z",
        "stations": 1,
        "cycles": DAYS,
        "pairs": DAYS * 23,
    }
    ours = [row for row in document["rows"] if row["method"] == "zhitian"]
    whole = next(r for r in ours if (r["lead"], r["dz"], r["sun"]) == ("all", "all", "all"))
    assert whole["n"] == DAYS * 23
    assert whole["mae"] == pytest.approx(1.0)
    assert whole["bias"] == pytest.approx(1.0)
    assert whole["within"] == 1.0
    assert whole["skill"] == pytest.approx(0.5)
    assert (whole["low"], whole["high"]) == pytest.approx((0.5, 0.5))
    assert whole["interval_by"] == "days"
    assert not whole["small"]
    night = next(r for r in ours if r["sun"] == "night" and r["lead"] == "0–24 h")
    assert 0 < night["n"] < whole["n"]
    assert not any(row["dz"] != "all" for row in ours)
    assert not any("China" in limit for limit in document["limits"])
    assert [section.title for section in report.sections][-1].startswith("Beside persistence")


def test_persistence_of_a_constant_is_perfect(tmp_path: Path) -> None:
    asked = RegionOrder(region="tianjin", store=store(tmp_path), now=NOW)
    table = verify_region(VerifyOrder(), asked).sections[-1].table
    persisted = table[table["method"] == "persistence"].iloc[0]
    assert persisted["mae"] == 0.0
    # the first day has no day before it
    assert persisted["n"] == (DAYS - 1) * 23
    assert np.isfinite(persisted["rmse"])


def test_a_region_without_observations_or_forecasts_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        verify_region(VerifyOrder(), RegionOrder(region="tianjin", store=tmp_path, now=NOW))
    asked = RegionOrder(region="tianjin", store=store(tmp_path, forecasts=False), now=NOW)
    with pytest.raises(InvalidRequest, match="no forecast beside a good observation yet"):
        verify_region(VerifyOrder(), asked)


def test_classes_come_from_the_cycle_and_a_station_off_its_grid_has_none(tmp_path: Path) -> None:
    small = SmallRegion.create(tmp_path)
    native = native_fields(small)
    small.publish(simulated=False, native=native)
    made = ObservationStore.create(StorePaths(small.store.path).observations)
    places = {"IN": (117.72, 39.45, 900.0), "OFF": (117.72, 60.0, 5.0)}
    made.add_stations(
        pd.DataFrame(
            [
                {"station": name, "longitude": east, "latitude": north, "elevation": height}
                for name, (east, north, height) in places.items()
            ]
        ).assign(kind="csv")
    )
    hours = pd.date_range("2025-04-10T01:00", periods=12, freq="h")
    for name in places:
        rows = pd.DataFrame({"station": name, "time": hours, "variable": "temperature_2m"})
        made.add_observations(rows.assign(value=10.0, flag=0))
        run = {"cycle_id": "c", "source": small.source, "reference_time": hours[0]}
        for method in ("zhitian", "bilinear"):
            made.add_forecasts(rows.assign(**run, method=method, value=11.0))
        other = {**run, "source": "noaa-gfs", "cycle_id": "g", "method": "zhitian"}
        made.add_forecasts(rows.assign(**other, value=19.0))
    asked = RegionOrder(region=str(small.file), store=small.root, now=NOW)
    verify_region(VerifyOrder(), asked)
    document = read_skill(small.store.path)
    assert document is not None
    assert document["source"] == [small.source]
    ours = [row for row in document["rows"] if row["method"] == "zhitian" and row["lead"] == "all"]
    counts = {row["dz"]: row["n"] for row in ours if row["sun"] == "all"}
    # 900 m stand far above the model; of the other station's height nothing is known
    assert counts == {"all": 24, "> 200 m": 12, "> 300 m": 12}
    assert {row["mae"] for row in ours} == {1.0}


def test_a_few_corrected_hours_do_not_take_the_others_out_of_the_document(tmp_path: Path) -> None:
    folder = store(tmp_path)
    made = ObservationStore.open(folder / "tianjin" / "observations.sqlite")
    hours = pd.date_range("2026-04-03T01:00", periods=6, freq="h")
    start = pd.Timestamp("2026-04-03T00:00")
    rows = {"cycle_id": "c2", "source": "ecmwf-ifs", "reference_time": start, "station": "54527"}
    corrected = {**rows, "time": hours, "variable": "temperature_2m", "method": "calibrated"}
    made.add_forecasts(pd.DataFrame({**corrected, "value": 0.25}))
    report = verify_region(VerifyOrder(), RegionOrder(region="tianjin", store=folder, now=NOW))
    document = read_skill(folder / "tianjin")
    assert document is not None
    assert document["period"]["pairs"] == DAYS * 23
    rows = [row for row in document["rows"] if row["method"] == "calibrated"]
    whole = next(r for r in rows if (r["lead"], r["dz"], r["sun"]) == ("all", "all", "all"))
    assert (whole["n"], whole["mae"]) == (6, pytest.approx(0.25))
    apart = next(s for s in report.sections if s.title.startswith("Where observations corrected"))
    mae = apart.table.set_index("method")["mae"]
    assert mae["calibrated"] == pytest.approx(0.25)
    assert mae["zhitian"] == pytest.approx(1.0)
    assert set(apart.table["n"]) == {6}
