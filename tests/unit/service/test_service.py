"""Questions, places, limits and texts of the service."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from forecast.errors import (
    AmbiguousPlace,
    InvalidRequest,
    OutsideArea,
    RequestTooLarge,
    UnknownName,
)
from forecast.service import ForecastService, Limits, ServedRegion, ask
from forecast.service.numbers import number_lists
from forecast.service.served import step_runs
from forecast.variables import FILL
from tests.support.small_region import SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_every_packed_count_is_written_exactly(decimals: int) -> None:
    counts = np.arange(-32768, 32768).astype(np.int16)[np.newaxis]
    (written,) = number_lists(counts, (decimals,))
    found = orjson.loads(written)
    assert found[0] is None
    expected = np.arange(-32767, 32768) / 10**decimals
    np.testing.assert_array_equal(np.array(found[1:], dtype=np.float64), expected)


def test_rows_of_different_decimals_do_not_run_together() -> None:
    counts = np.array([[10, FILL, -5], [0, 7, 123]], dtype=np.int16)
    assert number_lists(counts, (1, 2)) == [b"[1.0,null,-0.5]", b"[0.00,0.07,1.23]"]


def test_no_hours_give_empty_lists() -> None:
    (empty,) = number_lists(np.empty((1, 0), dtype=np.int16), (1,))
    assert empty == b"[]"


def test_steps_are_told_as_runs() -> None:
    flags = np.array([0, 0, 2, 1, 1], dtype=np.uint8)
    assert step_runs(flags) == [[0, "model"], [2, "missing"], [3, "interpolated"]]


def test_values_of_the_document_are_those_of_the_array(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    service = serve(region)
    series = service.series(ask(service, **HERE, hourly="precipitation,cloud_cover"))
    written = orjson.loads(series.to_json())["hourly"]
    for name, row in zip(series.names, series.values(), strict=True):
        assert written[name] == [None if np.isnan(value) else value for value in row]
    (first, *_) = series.rows()
    assert first == ["2025-04-10 08:00", "1.33", "19"]


def test_of_several_places_the_one_that_is_covered_is_meant(
    tmp_path: Path, serve: Callable[..., ForecastService]
) -> None:
    region = SmallRegion.create(tmp_path)
    service = serve(region)
    with pytest.raises(AmbiguousPlace):
        service.resolve("yuexi")
    toml = region.file.read_text(encoding="utf-8")
    for old, new in (("117.60", "116.0"), ("117.84", "116.4"), ("39.35", "30.8"), ("39.55", "31")):
        toml = toml.replace(old, new)
    other = tmp_path / "dabie.toml"
    other.write_text(toml.replace("smallland", "dabie"), encoding="utf-8")
    assert serve(replace(region, file=other)).resolve("yuexi").province == "安徽省"


def test_the_first_region_that_covers_a_place_answers(region: SmallRegion, tmp_path: Path) -> None:
    first = ServedRegion(region.region, tmp_path / "a")
    second = ServedRegion(replace(region.region, name="second"), tmp_path / "b")
    service = ForecastService((first, second), clock=lambda: None, limits=Limits())
    assert service.region_of(ask(service, **HERE).lonlat) is first
    assert service.region("second") is second
    with pytest.raises(UnknownName, match="smallland, second"):
        service.region("third")
    with pytest.raises(OutsideArea, match=r"smallland 117\.6,39\.35"):
        service.region_of(ask(service, latitude=0.0, longitude=0.0).lonlat)


@pytest.mark.parametrize(("values", "fits"), [(9, True), (10, True), (11, False)])
def test_limits_hold_at_their_number(values: int, fits: bool) -> None:
    limits = Limits(points=10, values=10, export_values=10)
    checks = [
        lambda: limits.check_points(values),
        lambda: limits.check_values(points=1, values=values),
        lambda: limits.check_export(cells=1, hours=values, variables=1),
    ]
    for check in checks:
        if fits:
            check()
        else:
            with pytest.raises(RequestTooLarge, match="11"):
                check()


def test_names_are_read_as_people_write_them(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(region)
    assert ask(service, **HERE).hourly is None
    assert ask(service, **HERE, hourly="all").hourly is None
    assert ask(service, **HERE, hourly="none").hourly == ()
    assert ask(service, **HERE, hourly=" temperature_2m , precipitation").hourly == (
        "temperature_2m",
        "precipitation",
    )
    assert ask(service, **HERE).daily == ()
    assert ask(service, **HERE, daily="all").daily is None
    with pytest.raises(InvalidRequest, match="give place"):
        ask(service, latitude=1.0)


def test_words_say_simulated_cell_run_and_age(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    service = serve(region)
    words = service.series(ask(service, place="宁河")).words()
    assert words[0].startswith("SIMULATED")
    assert words[1].startswith("宁河")
    assert "cell 39.445 N 117.715 E, 103 m, 0.7 km away" in words[1]
    assert "run 2025-04-10T00:00:00Z, fresh (6 h old)" in words[2]


def test_a_real_cycle_is_not_called_simulated(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish(simulated=False)
    service = serve(region)
    series = service.series(ask(service, **HERE))
    assert not any("SIMULATED" in line for line in series.words())
    assert orjson.loads(series.to_json())["simulated"] is False
