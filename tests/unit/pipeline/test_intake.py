"""Files of observations put into a region's store: what is checked, and what is said of it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.pipeline import observations
from forecast.pipeline.observations import IntakeOrder, IntakeOutcome, add_observations
from forecast.regions import Region
from forecast.store.observations import Flag, ObservationStore
from forecast.store.paths import StorePaths

NOW = datetime(2026, 4, 20, tzinfo=UTC)
HEAD = "station,latitude,longitude,elevation,time,temperature_2m"


def written(path: Path, first: str, values: list[float], *, station: str = "A") -> Path:
    times = pd.date_range(first, periods=len(values), freq="h")
    rows = [
        f"{station},38.95,116.45,5,{time:%Y-%m-%dT%H:%MZ},{value:.1f}"
        for time, value in zip(times, values, strict=True)
    ]
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def daily_course(hours: int) -> list[float]:
    return (12.0 + 6.0 * np.sin(np.arange(hours) / 24.0 * 2.0 * np.pi + 4.7)).round(1).tolist()


def take(region: Region, store: Path, *files: Path) -> IntakeOutcome:
    order = IntakeOrder(
        region=region,
        files=files,
        kind="auto",
        timezone=None,
        instrument=None,
        store=store,
        now=NOW,
    )
    return add_observations(order, report=lambda *_: None)


def held(region: Region, store: Path) -> pd.DataFrame:
    path = StorePaths(store / region.name).observations
    return ObservationStore.open(path).observations(good=False)


def test_older_rows_that_come_late_do_not_clear_a_sensor_that_stands_still(
    region: Region, tmp_path: Path
) -> None:
    course = daily_course(48)
    # still for 36 hours from 5 April on
    late = written(tmp_path / "late.csv", "2026-04-03T00:00", course + [course[-1]] * 36)
    take(region, tmp_path / "store", late)
    before = held(region, tmp_path / "store")
    stuck = (before["flag"] & int(Flag.PERSISTENCE)) != 0
    assert stuck.sum() >= 36
    other = written(tmp_path / "b.csv", "2026-04-03T00:00", daily_course(42), station="B")
    take(region, tmp_path / "store", other)
    after = held(region, tmp_path / "store").query("station == 'A'").reset_index(drop=True)
    assert after.equals(before)


def test_an_intake_that_was_cut_off_before_its_checks_is_made_good_by_the_same_file(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "a.csv", "2026-04-03T00:00", daily_course(24))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(observations, "check_observations", killed)
        with pytest.raises(KeyboardInterrupt):
            take(region, tmp_path / "store", file)
    assert (held(region, tmp_path / "store")["flag"] == int(Flag.UNCHECKED)).all()
    again = take(region, tmp_path / "store", file)
    assert again.intake.known == 24
    assert (held(region, tmp_path / "store")["flag"] == int(Flag.GOOD)).all()


def test_what_is_said_to_be_flagged_is_of_the_file_just_taken(
    region: Region, tmp_path: Path
) -> None:
    bad = written(tmp_path / "bad.csv", "2026-04-03T00:00", [285.3, *daily_course(5)])
    assert take(region, tmp_path / "store", bad).flagged == {"range": 1}
    good = written(tmp_path / "good.csv", "2026-04-03T00:00", daily_course(5), station="B")
    assert take(region, tmp_path / "store", good).flagged == {}
