"""A run from given files to a published cycle, and what it tells the operator."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from forecast import downscale
from forecast.errors import QualityGate
from forecast.ingest import IngestReport, RawRun
from forecast.pipeline import RunOrder, Workplace, run_cycle
from forecast.regions import Region
from forecast.store import RegionStore
from forecast.store.lock import WriterLock
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from tests.support.raw_fields import rain_records, raw_field, screen_temperature

AT_2M = {"type_of_level": "heightAboveGround", "level": 2.0}


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(
        store=tmp_path / "store",
        downloads=tmp_path / "downloads",
        terrain=tmp_path / "terrain",
        clock=lambda: datetime(2025, 4, 10, 6, tzinfo=UTC),
    )


def order(region: Region, *fields: xr.DataArray) -> RunOrder:
    static = raw_field("z", 100.0, steps=[0], units="m**2 s**-2")
    report = IngestReport((), notes=("a remark of the reader",))
    return RunOrder(region=region, source="files", raw=RawRun([*fields, static], report))


def test_the_operator_reads_remarks_findings_and_what_is_not_published(
    region: Region, place: Workplace
) -> None:
    wanted = order(
        region,
        screen_temperature([0, 1, 2, 3]),
        raw_field("2d", 283.4, steps=[0, 1, 2, 3], param=168, **AT_2M),
        raw_field("sp", 30000.0, steps=[0, 1, 2, 3], units="Pa"),
    )
    outcome = run_cycle(wanted, place, report=lambda *_: None)
    words = "\n".join(outcome.words())
    assert "a remark of the reader" in words
    assert "surface_pressure spans 300 to 300 hPa" in words
    assert "not published, as the run lacks what they need: wind_speed_10m" in words


def test_the_start_of_a_sum_is_no_gap_however_short_the_run(
    region: Region, place: Workplace
) -> None:
    rain = rain_records([1.0, 2.0], [(0, 1), (0, 2)])
    run_cycle(order(region, screen_temperature([0, 1, 2]), *rain), place, report=lambda *_: None)
    assert RegionStore.open(place.store / "small").current().variables == (
        "temperature_2m",
        "precipitation",
    )


def test_a_run_with_too_many_gaps_is_not_published(region: Region, place: Workplace) -> None:
    dew = raw_field("2d", 275.0, steps=[0, 1], param=168, **AT_2M)
    with pytest.raises(QualityGate, match="dew_point_2m has 2 of 4 steps missing"):
        run_cycle(
            order(region, screen_temperature([0, 1, 2, 3]), dew), place, report=lambda *_: None
        )


@pytest.mark.parametrize(
    ("members", "single"),
    [((0, 1), "the control"), ((3, 4), "member 3, as there is no control,")],
)
def test_the_operator_reads_which_member_is_published(
    region: Region, place: Workplace, members: tuple[int, ...], single: str
) -> None:
    warmth = screen_temperature([0, 1]).expand_dims(realization=list(members))
    outcome = run_cycle(order(region, warmth), place, report=lambda *_: None)
    words = f"2 members are kept on the model grid; {single} is published at 1 km"
    assert words in outcome.words()


def test_a_run_without_temperature_is_published_without_its_correction(
    region: Region, place: Workplace
) -> None:
    rain = rain_records([1.0, 2.0, 3.0, 0.0], [(0, 1), (0, 2), (0, 3), (0, 4)])
    run_cycle(order(region, *rain), place, report=lambda *_: None)
    cycle = RegionStore.open(place.store / "small").current()
    assert cycle.variables == ("precipitation",)
    assert np.isnan(cycle.terrain()["temperature_correction"].values).all()


def test_members_are_kept_for_places_and_what_they_lack_is_told(
    region: Region, place: Workplace
) -> None:
    warmth = screen_temperature([0, 1, 2]).expand_dims(realization=[0, 1, 2]).copy()
    warmth += 2.0 * warmth["realization"]
    dew = raw_field("2d", 275.0, steps=[0, 1, 2], param=168, **AT_2M)
    dew = dew.expand_dims(realization=[0, 1, 2]).copy()
    dew[{"realization": 2}] = np.nan
    outcome = run_cycle(order(region, warmth, dew), place, report=lambda *_: None)
    assert "dew_point_2m is missing in 1 of 3 members" in outcome.words()
    cycle = RegionStore.open(place.store / "small").current()
    members = downscale.Members(cycle.ensemble)
    assert members.numbers == (0, 1, 2)
    assert "relative_humidity_2m" in members.variables
    values = dict(zip(members.variables, np.moveaxis(members.at(4, 4), 1, 0), strict=True))
    np.testing.assert_allclose(np.diff(values["temperature_2m"], axis=0), 2.0, atol=1e-3)
    assert np.isnan(values["dew_point_2m"]).any(axis=1).tolist() == [False, False, True]
    published = cycle.unpack(cycle.point(4, 4))[cycle.variables.index("temperature_2m")]
    np.testing.assert_allclose(values["temperature_2m"][0], published, atol=0.051)


def with_a_station(region: Region, place: Workplace) -> ObservationStore:
    box = region.grid.bounds
    store = ObservationStore.create(StorePaths(place.store / region.name).observations)
    station = {"station": ["A"], "name": [""], "kind": ["csv"], "elevation": [20.0]}
    middle = {"longitude": [(box.west + box.east) / 2], "latitude": [(box.south + box.north) / 2]}
    store.add_stations(pd.DataFrame(station | middle))
    return store


def test_a_run_stands_published_where_its_values_for_stations_cannot_be_kept(
    region: Region, place: Workplace
) -> None:
    store = with_a_station(region, place)
    with WriterLock(store.path.with_suffix(".lock")):
        outcome = run_cycle(
            order(region, screen_temperature([0, 1, 2])), place, report=lambda *_: None
        )
    told = "published, but its values for the stations are not all kept: the store"
    assert any(line.startswith(told) for line in outcome.words())
    assert RegionStore.open(place.store / region.name).current().id == outcome.cycle_id


def test_a_run_of_what_no_station_observes_is_published(region: Region, place: Workplace) -> None:
    with_a_station(region, place)
    gust = raw_field("gust", 8.0, steps=[0, 1, 2], units="m s**-1")
    run_cycle(order(region, gust), place, report=lambda *_: None)
    assert RegionStore.open(place.store / region.name).current().variables == ("wind_gust_10m",)


def test_members_at_stations_are_kept_after_each_run_and_judged_before_it(
    region: Region, place: Workplace
) -> None:
    store = with_a_station(region, place)
    warmth = screen_temperature([0, 1, 2, 3]).expand_dims(realization=[0, 1, 2]).copy()
    warmth += 2.0 * warmth["realization"]
    outcome = run_cycle(order(region, warmth), place, report=lambda *_: None)
    words = outcome.words()
    assert "mean and spread of 3 members kept for 1 stations" in words
    assert (
        "members of temperature_2m, 0 to 24 h: stay as they are: EMOS was asked with pairs of 0"
        " days; it needs 30 or more"
    ) in words
    kept = store.forecasts(
        variable="temperature_2m", methods=("ensemble-mean", "ensemble-spread", "zhitian")
    )
    at_start = kept[kept["lead_h"] == 0.0].set_index("method")["forecast"]
    # members 0, 2 and 4 K above the control: 2 K in the mean, with a deviation of 2 K
    assert at_start["ensemble-mean"] - at_start["zhitian"] == pytest.approx(2.0, abs=1e-3)
    assert at_start["ensemble-spread"] == pytest.approx(2.0, abs=1e-3)
    assert set(kept[kept["method"] == "ensemble-mean"]["lead_h"]) == {0.0, 3.0}
