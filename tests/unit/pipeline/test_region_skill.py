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
from forecast.store.skill import SKILL_FORMAT, read_skill

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
