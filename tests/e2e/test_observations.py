"""Observations from file to store by the command line: taken, flagged, refused, listed, checked."""

from pathlib import Path

import pytest

from forecast.store.observations import Flag, ObservationStore
from tests.support.commands import environment, refusal, succeed
from tests.support.data import shared_data
from tests.support.made_bufr import REPORT, message

EUROPE = """
name = "carpathians"
label_zh = "喀尔巴阡"
label_en = "Carpathians"
timezone = "UTC"
spacing = 0.05
box = { west = 20.0, south = 44.0, east = 28.0, north = 49.0 }
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(store=tmp_path / "store", terrain=tmp_path / "terrain")


def opened(env: dict[str, str], region: str = "tianjin") -> ObservationStore:
    return ObservationStore.open(Path(env["ZHITIAN_STORE"]) / region / "observations.sqlite")


def diary(path: Path, *, shift_h: int = 0) -> Path:
    """Ten days of a thermometer, written as a person would, local time."""
    lines = ["时间,气温（℃）,湿度（%）"]
    for hour in range(240):
        day, clock = 1 + hour // 24, hour % 24
        warm = 1.0 - abs((clock - shift_h - 14) % 24 - 12) / 12.0
        lines.append(f"2026/4/{day} {clock}:00,{8.0 + 12.0 * (1.0 - warm) + 0.01 * hour:.2f},55")
    path.write_text("\n".join(lines), encoding="gb18030")
    return path


def test_synoptic_reports_are_taken_with_the_wrong_ones_flagged(
    tmp_path: Path, env: dict[str, str]
) -> None:
    table = next(shared_data("ecmwf_t2m_synop_20181120").glob("*.csv"))
    region = tmp_path / "carpathians.toml"
    region.write_text(EUROPE, encoding="utf-8")
    spoilt = tmp_path / "spoilt.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    within = next(
        i for i, line in enumerate(lines[1:], 1)
        if 45 < float(line.split(",")[0]) < 47 and 22 < float(line.split(",")[1]) < 26
    )  # fmt: skip
    cells = lines[within].split(",")
    cells[columns.index("airTemperatureAt2M")] = "319.8"
    spoilt.write_text("\n".join([*lines[:within], ",".join(cells), *lines[within + 1 :]]))
    said = succeed("observations", "add", spoilt, "--region", region, env=env).stderr
    assert "stations outside the region" in said
    assert "times without a zone are UTC" in said
    store = opened(env, "carpathians")
    found = store.observations(good=False)
    air = found[(found["station"] == cells[-1]) & (found["variable"] == "temperature_2m")]
    assert air["flag"].item() & int(Flag.RANGE | Flag.BUDDY)
    assert air["value"].item() == pytest.approx(46.65)
    assert (found["flag"] > 0).mean() < 0.02
    assert not (found["flag"] & int(Flag.UNCHECKED)).any()

    again = succeed("observations", "add", spoilt, "--region", region, env=env).stderr
    assert " 0 taken" in again
    assert store.observations(good=False).equals(found)

    listed = succeed("observations", "list", "--region", region, env=env).stdout
    assert cells[-1] in listed
    checked = succeed("observations", "check", "--region", region, env=env)
    assert cells[-1] in checked.stdout
    assert "are not good" in checked.stderr
    assert store.observations(good=False).equals(found)


def test_bufr_reports_are_known_by_what_the_file_holds(tmp_path: Path, env: dict[str, str]) -> None:
    path = tmp_path / "ISMI60"
    far = {**REPORT, "stationNumber": 511, "latitude": 20.0}
    path.write_bytes(message() + message(far) + message()[:-9])
    said = succeed("observations", "add", path, "--region", "tianjin", env=env).stderr
    assert "11 rows: 11 taken" in said
    assert "1 stations outside the region" in said
    assert "the file ends within the message" in said
    store = opened(env)
    assert store.stations()["kind"].tolist() == ["synop"]
    assert set(store.observations()["variable"]) >= {"temperature_2m", "precipitation_6h"}


def test_a_farmers_diary_is_taken_at_the_place_named(tmp_path: Path, env: dict[str, str]) -> None:
    path = diary(tmp_path / "diary.csv")
    code, said = refusal(
        "observations", "add", path, "--region", "tianjin", "--place", "宁河", env=env
    )
    assert (code, "does not say its zone" in said) == (2, True)
    asked = ("--region", "tianjin", "--place", "宁河", "--timezone", "Asia/Shanghai")
    said = succeed("observations", "add", path, *asked, "--name", "东棚子", env=env).stderr
    assert "480 rows: 480 taken" in said
    assert "height of the terrain" in said
    store = opened(env)
    station = store.stations().iloc[0]
    assert (station["station"], station["kind"]) == ("东棚子", "thermometer")
    good = store.observations(variables=["temperature_2m"])
    assert len(good) == 240
    assert str(good["time"].iloc[0])[:16] == "2026-03-31 16:00"


def test_a_diary_in_local_time_that_is_given_as_utc_is_doubted(
    tmp_path: Path, env: dict[str, str]
) -> None:
    path = diary(tmp_path / "diary.csv")
    asked = ("--lat", "39.33", "--lon", "117.82", "--elevation", "3", "--timezone", "UTC")
    said = succeed("observations", "add", path, "--region", "tianjin", *asked, env=env).stderr
    assert "the clock of station" in said
    assert opened(env).observations().empty


def test_times_to_come_are_left_out_and_told(tmp_path: Path, env: dict[str, str]) -> None:
    path = diary(tmp_path / "diary.csv")
    asked = ("--lat", "39.33", "--lon", "117.82", "--elevation", "3", "--timezone", "+08:00")
    said = succeed(
        *("observations", "add", path, "--region", "tianjin", *asked),
        *("--now", "2026-04-09T20:00Z"),
        env=env,
    ).stderr
    # of the 240 hours, 18 lie after 21:00 UTC of 9 April
    assert "is the zone right?" in said
    assert len(opened(env).observations(good=False)) == 2 * (240 - 18)


def test_a_broken_file_does_not_keep_others_out_and_sets_the_exit_code(
    tmp_path: Path, env: dict[str, str]
) -> None:
    broken, good = tmp_path / "broken.bufr", tmp_path / "good.bufr"
    broken.write_bytes(message()[:100])
    good.write_bytes(message())
    code, said = refusal("observations", "add", broken, good, "--region", "tianjin", env=env)
    assert (code, "broken.bufr" in said) == (5, True)
    assert len(opened(env).observations(good=False)) == 11


def test_refusals_say_what_is_allowed(tmp_path: Path, env: dict[str, str]) -> None:
    path = diary(tmp_path / "diary.csv")
    region = ("--region", "tianjin")
    for arguments, code, words in (
        (("add", path, *region, "--kind", "excel"), 2, "allowed are auto, csv"),
        (("add", path, *region), 2, "names no station"),
        (("add", path, *region, "--kind", "thermometer"), 2, "say where it stands"),
        (("add", path, *region, "--lat", "39"), 2, "belong together"),
        (("add", path, *region, "--place", "宁河", "--lat", "39"), 2, "allowed is one of them"),
        (("add", path, *region, "--lat", "30", "--lon", "110"), 2, "covers"),
        (("add", tmp_path / "none.csv", *region), 2, "no such file"),
        (("list", "--region", "yuexi"), 7, "observations add"),
        (("check", "--region", "yuexi"), 7, "observations add"),
    ):
        found, said = refusal("observations", *arguments, env=env)
        assert (found, words in said) == (code, True), said


def test_observations_of_known_stations_need_no_places(tmp_path: Path, env: dict[str, str]) -> None:
    places, more = tmp_path / "places.csv", tmp_path / "more.csv"
    places.write_text("station,latitude,longitude,elevation\n54527,39.08,117.07,2.5\n")
    more.write_text(
        "station,time,temperature_2m [K]\n54527,2026-04-10T00:00Z,290\n9,2026-04-10T00:00Z,290\n"
    )
    said = succeed("observations", "add", places, more, "--region", "tianjin", env=env).stderr
    assert "1 stations that are not known left out: 9" in said
    assert opened(env).observations()["value"].tolist() == [pytest.approx(16.85)]
