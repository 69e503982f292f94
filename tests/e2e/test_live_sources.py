"""From an upstream's layout to raw fields: fetched messages are what the decoder then reads."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from forecast import ingest
from forecast.errors import SourceIncomplete
from forecast.ingest.sources import Parameter, Source
from forecast.pipeline.reading import to_native
from grids import BoundingBox
from tests.support import small_grib
from tests.support.data import shared_data
from tests.support.upstream import Upstream
from tests.support.upstream_layout import messages_of, seen

CYCLE = datetime(2026, 9, 1, tzinfo=UTC)
LIMITS = ingest.FetchLimits(deadline=60, read_timeout=10, attempts=2)


def _read(order: ingest.Order, upstream: Upstream, folder: Path) -> ingest.RawRun:
    paths = ingest.fetch(order, directory=folder, base_url=upstream.url, limits=LIMITS)
    return ingest.read(paths, expected=ingest.expected(order))


def _hours(run: ingest.RawRun, name: str) -> list[tuple[float, float]]:
    (field,) = [each for each in run.fields if each.attrs["short_name"] == name]
    hour = np.timedelta64(1, "h")
    return [
        (float(start / hour), float(end / hour))
        for start, end in zip(field.step_start.values, field.step.values, strict=True)
    ]


def test_an_ifs_cycle_is_read_complete(tmp_path: Path) -> None:
    order = ingest.Order(source=ingest.load_source("ecmwf-ifs"), cycle=CYCLE, hours=9)
    with Upstream() as upstream:
        for step in (0, 3, 6, 9):
            upstream.publish("ecmwf-ifs", small_grib.ecmwf_step(CYCLE, step))
        run = _read(order, upstream, tmp_path)
    assert run.report.refused == ()
    assert not {cell.short_name for cell in run.report.missing} & {"2t", "tp", "ssrd", "sp"}
    assert _hours(run, "2t") == [(0, 0), (3, 3), (6, 6), (9, 9)]
    assert _hours(run, "tp") == [(0, 3), (0, 6), (0, 9)]
    assert _hours(run, "10fg3") == [(0, 3), (3, 6), (6, 9)]


def test_a_gfs_cycle_keeps_its_six_hour_buckets(tmp_path: Path) -> None:
    order = ingest.Order(source=ingest.load_source("noaa-gfs"), cycle=CYCLE, hours=8)
    with Upstream() as upstream:
        for step in range(9):
            upstream.publish("noaa-gfs", small_grib.gfs_step(CYCLE, step))
        run = _read(order, upstream, tmp_path)
    assert run.report.refused == ()
    assert run.report.duplicates == ()
    assert run.report.missing == ()
    buckets = [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0, 6), (6, 7), (6, 8)]
    assert _hours(run, "tp") == buckets
    assert _hours(run, "sdswrf") == buckets
    assert _hours(run, "orog") == [(0, 0)]


def test_an_aifs_cycle_is_read_every_six_hours(tmp_path: Path) -> None:
    order = ingest.Order(source=ingest.load_source("ecmwf-aifs"), cycle=CYCLE, hours=12)
    names = ("2t", "2d", "10u", "10v", "sp", "tcc", "tp", "ssrd", "z")
    with Upstream() as upstream:
        for step in (0, 6, 12):
            upstream.publish("ecmwf-aifs", small_grib.ecmwf_step(CYCLE, step, names=names))
        run = _read(order, upstream, tmp_path)
    assert run.report.refused == ()
    assert _hours(run, "tp") == [(0, 6), (0, 12)]


def test_an_ensemble_is_read_with_the_members_that_were_ordered(tmp_path: Path) -> None:
    source = ingest.load_source("ecmwf-ifs-ens")
    order = ingest.Order(source=source, cycle=CYCLE, hours=3, members=(1, 3))
    names = ("2t", "2d", "10u", "10v", "sp", "tp")
    with Upstream() as upstream:
        for step in (0, 3):
            messages = small_grib.ecmwf_step(CYCLE, step, names=names, members=range(1, 5))
            upstream.publish("ecmwf-ifs-ens", messages)
        run = _read(order, upstream, tmp_path)
    assert run.report.missing == ()
    (temperature,) = [each for each in run.fields if each.attrs["short_name"] == "2t"]
    assert temperature.realization.values.tolist() == [1, 3]


def test_a_member_that_the_upstream_lacks_is_named(tmp_path: Path) -> None:
    source = ingest.load_source("ecmwf-ifs-ens")
    order = ingest.Order(source=source, cycle=CYCLE, hours=3, members=(1, 9))
    with Upstream() as upstream:
        for step in (0, 3):
            messages = small_grib.ecmwf_step(CYCLE, step, members=(1, 2))
            upstream.publish("ecmwf-ifs-ens", messages)
        with pytest.raises(SourceIncomplete, match="lacks 2t of member 9, 2d of member 9"):
            _read(order, upstream, tmp_path)


def test_an_aifs_ensemble_is_read_with_its_control_from_two_files_a_step(tmp_path: Path) -> None:
    source = ingest.load_source("ecmwf-aifs-ens")
    order = ingest.Order(source=source, cycle=CYCLE, hours=6, members=(0, 2, 3))
    names = ("2t", "2d", "10u", "10v", "sp", "tp", "z")
    with Upstream() as upstream:
        for step in (0, 6):
            messages = small_grib.ecmwf_step(CYCLE, step, names=names, members=range(4))
            upstream.publish("ecmwf-aifs-ens", messages)
        upstream.misbehave("*-enfo-pf.grib2", "busy", times=1)
        run = _read(order, upstream, tmp_path)
    assert run.report.missing == ()
    assert run.report.refused == ()
    temperature = next(each for each in run.fields if each.attrs["short_name"] == "2t")
    assert temperature.realization.values.tolist() == [0, 2, 3]


def test_a_gefs_cycle_is_read_from_a_file_for_each_member(tmp_path: Path) -> None:
    source = ingest.load_source("noaa-gefs")
    order = ingest.Order(source=source, cycle=CYCLE, hours=6, members=(0, 1, 30))
    with Upstream() as upstream:
        for step in (0, 3, 6):
            messages = small_grib.gefs_step(CYCLE, step, members=(0, 1, 2, 30))
            upstream.publish("noaa-gefs", messages)
        upstream.misbehave("*gep30*f003", "cut", times=1)
        run = _read(order, upstream, tmp_path)
        assert not [asked for asked in upstream.asked if "gep02" in asked.path]
        count = len(upstream.asked)
        ingest.fetch(order, directory=tmp_path, base_url=upstream.url, limits=LIMITS)
        assert all(asked.range is None for asked in upstream.asked[count:])
    assert run.report.missing == ()
    assert run.report.refused == ()
    for name, hours in (("2t", [0, 3, 6]), ("2r", [0, 3, 6]), ("tp", [3, 6])):
        field = next(each for each in run.fields if each.attrs["short_name"] == name)
        assert field.realization.values.tolist() == [0, 1, 30]
        assert (field.step.values / np.timedelta64(1, "h")).tolist() == hours
        assert np.isfinite(field.values).all()
    native = to_native(
        run, area=BoundingBox(west=100.0, south=20.0, east=130.0, north=50.0), source="noaa-gefs"
    )
    assert native.single == "the control"
    assert native.members is not None
    assert native.members.realization.values.tolist() == [0, 1, 30]
    assert np.isfinite(native.members.dew_point_2m.values).all()


def test_a_gefs_member_that_is_not_there_yet_is_named_with_its_step(tmp_path: Path) -> None:
    source = ingest.load_source("noaa-gefs")
    order = ingest.Order(source=source, cycle=CYCLE, hours=3, members=(0, 1, 2))
    with Upstream() as upstream:
        upstream.publish("noaa-gefs", small_grib.gefs_step(CYCLE, 0, members=(0, 1, 2)))
        upstream.publish("noaa-gefs", small_grib.gefs_step(CYCLE, 3, members=(0, 1)))
        with pytest.raises(SourceIncomplete, match=r"1 of 6\) \(first step 3 h of p02\)"):
            _read(order, upstream, tmp_path)


def _only(source: Source, *wanted: tuple[str, str, str], step: int) -> Source:
    """The source with other parameters (name, code, level) and one step."""
    parameters = tuple(
        Parameter(
            name=name,
            codes=(code,),
            level=level,
            kind="interval" if code == "APCP" else "instant",
            required=True,
        )
        for name, code, level in wanted
    )
    cycles = ({"hours": [0, 6, 12, 18], "steps": [[step, max(step, 1), max(step, 1)]]},)
    return replace(source, parameters=parameters, cycles=cycles)


def test_real_ifs_messages_come_through_unchanged(tmp_path: Path) -> None:
    real = shared_data("grib_global/ecmwf-ifs-oper-surface.grib2")
    messages = messages_of(real)
    cycle = seen(messages[:1])[0].cycle
    parameters = [(name, name, "sfc") for name in ("rsn", "tcc")]
    source = _only(ingest.load_source("ecmwf-ifs"), *parameters, step=0)
    source = replace(source, cycles=({"hours": [0], "steps": [[0, 0, 1], [1, 1, 1]]},))
    with Upstream() as upstream:
        upstream.publish_files("ecmwf-ifs", [real])
        # the real fragment holds step 0 only; the small messages stand for the next step
        later = [
            small_grib.write(small_grib.Wanted(name=name, cycle=cycle, step=1))
            for name in ("rsn", "tcc")
        ]
        upstream.publish("ecmwf-ifs", later)
        order = ingest.Order(source=source, cycle=cycle, hours=1)
        paths = ingest.fetch(order, directory=tmp_path, base_url=upstream.url, limits=LIMITS)
    names = [each.keys["shortName"] for each in seen(messages)]
    chosen = [messages[names.index("rsn")], messages[names.index("tcc")]]
    assert paths[0].read_bytes() == b"".join(chosen)


def test_a_few_of_308_real_gfs_messages_are_fetched_and_read(tmp_path: Path) -> None:
    real = shared_data("grib_global/gfs.grb")
    cycle = datetime(2011, 10, 8, tzinfo=UTC)
    source = _only(
        ingest.load_source("noaa-gfs"),
        ("2t", "TMP", "2 m above ground"),
        ("10u", "UGRD", "10 m above ground"),
        ("tp", "APCP", "surface"),
        ("tcc", "TCDC", "entire atmosphere"),
        step=72,
    )
    order = ingest.Order(source=source, cycle=cycle, hours=72)
    with Upstream() as upstream:
        upstream.publish_files("noaa-gfs", [real])
        run = _read(order, upstream, tmp_path)
        sent = sum(
            int(asked.range.split("-")[1]) - int(asked.range.split("=")[1].split("-")[0]) + 1
            for asked in upstream.asked
            if asked.range
        )
    assert run.report.refused == ()
    # both wind components stand in one message of this file, so the other one comes along
    names = {"2t", "10u", "10v", "tp", "tcc"}
    assert {each.attrs["short_name"] for each in run.fields} == names
    assert _hours(run, "tp") == [(66, 72)]
    assert _hours(run, "tcc") == [(72, 72)]
    assert sent < real.stat().st_size / 50
