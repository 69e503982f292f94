"""The observation store: what it takes, keeps, replaces and answers."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DataError, StoreBusy, StoreError, StoreMissing
from forecast.store.lock import WriterLock
from forecast.store.observations import Flag, ObservationStore


@pytest.fixture
def store(tmp_path: Path) -> ObservationStore:
    made = ObservationStore.create(tmp_path / "tianjin" / "observations.sqlite")
    made.add_stations(stations("54527", "54528"))
    return made


def stations(*names: str, **changed: object) -> pd.DataFrame:
    table = pd.DataFrame({
        "station": names,
        "longitude": [117.0 + 0.1 * i for i in range(len(names))],
        "latitude": 39.0,
        "elevation": 3.0,
        "name": "西青",
        "kind": "synop",
    })  # fmt: skip
    return table.assign(**changed)


def rows(*values: float, station: str = "54527", **changed: object) -> pd.DataFrame:
    table = pd.DataFrame({
        "station": station,
        "time": pd.date_range("2026-04-10", periods=len(values), freq="h"),
        "variable": "temperature_2m",
        "value": values,
    })  # fmt: skip
    return table.assign(**changed)


def test_observations_come_back_in_order_as_they_were_given(store: ObservationStore) -> None:
    taken = store.add_observations(rows(3.5, -0.25, 0.0, flag=0))
    assert (taken.offered, taken.taken, taken.known) == (3, 3, 0)
    found = store.observations()
    assert found["value"].tolist() == [3.5, -0.25, 0.0]
    assert found["station"].tolist() == ["54527"] * 3
    assert found["time"].dtype == np.dtype("datetime64[ns]")
    assert found["time"].iloc[2] == np.datetime64("2026-04-10T02")
    assert store.stations()["name"].tolist() == ["西青", "西青"]


def test_the_same_rows_twice_change_nothing(store: ObservationStore) -> None:
    store.add_observations(rows(1.0, 2.0, 99.0))
    before = store.observations(good=False)
    again = store.add_observations(rows(1.0, 2.0, 99.0))
    assert (again.taken, again.known, dict(again.refused)) == (0, 3, {})
    pd.testing.assert_frame_equal(store.observations(good=False), before)


def test_unchecked_rows_are_not_good_until_their_flags_are_set(store: ObservationStore) -> None:
    store.add_observations(rows(1.0, 2.0))
    assert store.observations().empty
    found = store.observations(good=False)
    assert found["flag"].tolist() == [Flag.UNCHECKED] * 2
    assert store.set_flags(found.assign(flag=[0, int(Flag.STEP)])) == 2
    assert store.set_flags(found.assign(flag=[0, int(Flag.STEP)])) == 0
    assert store.observations()["value"].tolist() == [1.0]


def test_a_value_that_cannot_be_is_kept_and_flagged(store: ObservationStore) -> None:
    taken = store.add_observations(rows(60.1, 60.0, -90.1))
    assert dict(taken.flagged) == {"range": 2}
    assert store.observations(good=False)["flag"].tolist() == [33, 32, 33]


def test_a_bad_row_never_replaces_a_good_one_but_a_good_one_a_bad(store: ObservationStore) -> None:
    store.add_observations(rows(99.0, 5.0, flag=0))
    taken = store.add_observations(rows(4.0, 99.0, flag=0))
    assert (taken.taken, taken.replaced) == (1, 1)
    assert dict(taken.refused) == {"bad, where the store has a good value": 1}
    assert store.observations()["value"].tolist() == [4.0, 5.0]


def test_a_contradicting_copy_leaves_the_older_value_as_a_conflict(store: ObservationStore) -> None:
    store.add_observations(rows(5.0, flag=0))
    taken = store.add_observations(rows(6.0, flag=0))
    assert dict(taken.refused) == {"that contradict what the store has": 1}
    assert store.observations().empty
    found = store.observations(good=False)
    assert found[["value", "flag"]].to_numpy().tolist() == [[5.0, 16.0]]
    store.set_flags(found.assign(flag=0))
    assert store.observations(good=False)["flag"].tolist() == [16]


def test_a_copy_equal_to_half_the_last_digit_is_the_same_report(store: ObservationStore) -> None:
    store.add_observations(rows(5.0, flag=0))
    assert store.add_observations(rows(5.04, flag=0)).known == 1
    assert store.observations()["value"].tolist() == [5.0]


def test_copies_in_one_table_that_differ_are_a_conflict(store: ObservationStore) -> None:
    twice = pd.concat([rows(1.0, 2.0, flag=0), rows(1.0, 3.0, flag=0)], ignore_index=True)
    taken = store.add_observations(twice)
    assert (taken.offered, taken.taken, taken.known) == (4, 2, 2)
    assert store.observations(good=False)["flag"].tolist() == [0, 16]


def test_of_two_copies_in_one_table_the_one_that_can_be_is_taken(store: ObservationStore) -> None:
    store.add_observations(pd.concat([rows(99.0, flag=0), rows(7.0, flag=0)]))
    assert store.observations()["value"].tolist() == [7.0]


def test_what_cannot_be_stored_is_refused_with_its_reason(store: ObservationStore) -> None:
    bad = pd.concat([
        rows(1.0, station="nobody"),
        rows(float("nan"), float("inf")),
        rows(1.0, variable="colour"),
        rows(1.0, time=pd.NaT).astype({"time": "datetime64[ns]"}),
    ])  # fmt: skip
    taken = store.add_observations(bad)
    assert taken.taken == 0
    assert sum(taken.refused.values()) == 5
    assert any("colour" in reason for reason in taken.refused)
    assert any("nobody" in reason for reason in taken.refused)


def test_a_table_without_a_column_or_with_text_for_times_is_a_fault(
    store: ObservationStore,
) -> None:
    with pytest.raises(DataError, match="it lacks value"):
        store.add_observations(rows(1.0).drop(columns="value"))
    with pytest.raises(DataError, match="allowed is datetime64 UTC"):
        store.add_observations(rows(1.0, time="2026-04-10"))


def test_aware_times_become_utc(store: ObservationStore) -> None:
    local = pd.Series(pd.to_datetime(["2026-04-10 08:00"])).dt.tz_localize("Asia/Shanghai")
    store.add_observations(rows(1.0, time=local))
    assert store.observations(good=False)["time"].item().isoformat() == "2026-04-10T00:00:00"


def test_a_known_station_elsewhere_is_refused_and_a_rounded_place_is_known(
    store: ObservationStore,
) -> None:
    near = store.add_stations(stations("54527", latitude=39.004, elevation=5.0))
    assert (near.known, near.taken) == (1, 0)
    far = store.add_stations(stations("54527", latitude=39.1))
    assert list(far.refused) == ["known at another place (54527)"]
    high = store.add_stations(stations("54527", elevation=300.0))
    assert sum(high.refused.values()) == 1
    assert store.stations()["latitude"].tolist() == [39.0, 39.0]


def test_rain_of_six_hours_is_kept_apart_from_rain_of_one(store: ObservationStore) -> None:
    store.add_observations(rows(400.0, variable="precipitation_6h", flag=0))
    store.add_observations(rows(400.0, variable="precipitation", flag=0))
    found = store.observations(good=False)
    assert dict(zip(found["variable"], found["flag"], strict=True)) == {
        "precipitation_6h": 0,
        "precipitation": 1,
    }


def test_a_second_writer_is_told_who_is_writing(store: ObservationStore) -> None:
    with WriterLock(store.path.with_suffix(".lock")), pytest.raises(StoreBusy, match="process"):
        store.add_observations(rows(1.0))


def test_opening_what_is_no_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="observations add"):
        ObservationStore.open(tmp_path / "observations.sqlite")
    (tmp_path / "garbage.sqlite").write_bytes(b"station,latitude\n" * 400)
    with pytest.raises(StoreError, match="cannot be used"):
        ObservationStore.open(tmp_path / "garbage.sqlite")
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(StoreError, match="no observation store"):
        ObservationStore.open(tmp_path / "empty.sqlite")


def test_damage_is_found(store: ObservationStore) -> None:
    store.add_observations(rows(*np.linspace(0, 20, 5000)))
    store.check_integrity()
    with store.path.open("r+b") as file:
        file.seek(store.path.stat().st_size // 2)
        file.write(b"\xff" * 4096)
    with pytest.raises(StoreError):
        store.check_integrity()


ADD = """
import sys
from pathlib import Path
import pandas as pd
from forecast.store.observations import ObservationStore
ObservationStore.open(Path(sys.argv[1])).add_observations(pd.read_pickle(sys.argv[2]))
"""


@pytest.mark.parametrize("stage", ["observations", "observations-written"])
def test_an_intake_killed_midway_leaves_what_was_before_and_can_be_run_again(
    store: ObservationStore, tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_observations(rows(1.0, flag=0))
    rows(1.0, 2.0, 3.0, flag=0).to_pickle(tmp_path / "rows.pickle")
    command = [sys.executable, "-c", ADD, str(store.path), str(tmp_path / "rows.pickle")]
    monkeypatch.setenv("ZHITIAN_FAILPOINT", f"{stage}:kill")
    assert subprocess.run(command, check=False).returncode == -9
    assert store.observations()["value"].tolist() == [1.0]
    store.check_integrity()
    monkeypatch.delenv("ZHITIAN_FAILPOINT")
    assert subprocess.run(command, check=False).returncode == 0
    assert store.observations()["value"].tolist() == [1.0, 2.0, 3.0]


def test_readers_see_whole_intakes_while_a_writer_works(
    store: ObservationStore, tmp_path: Path
) -> None:
    store.add_observations(rows(*[0.0] * 50, flag=0))
    wanted = rows(*[1.0] * 4000, flag=0)
    wanted["time"] += pd.Timedelta("30min")
    wanted.to_pickle(tmp_path / "rows.pickle")
    command = [sys.executable, "-c", ADD, str(store.path), str(tmp_path / "rows.pickle")]
    seen = set()
    with subprocess.Popen(command) as writer:
        while writer.poll() is None:
            seen.add(len(store.observations()))
    assert writer.returncode == 0
    assert seen <= {50, 4050}
    assert len(store.observations()) == 4050
