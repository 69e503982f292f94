"""Synoptic BUFR: what was written is what is read, and what is broken costs only itself."""

from pathlib import Path

import eccodes
import numpy as np
import pytest

from forecast.errors import UnreadableFile
from forecast.ingest.bufr import LIMITS, is_bufr, read_bufr
from forecast.ingest.limits import DecodeLimits
from forecast.ingest.observed import Stations
from tests.support.made_bufr import REPORT, message, subsets


def read(tmp_path: Path, content: bytes, limits: DecodeLimits = LIMITS) -> Stations:
    path = tmp_path / "synop.bufr"
    path.write_bytes(content)
    return read_bufr(path, limits=limits)


def values(stations: Stations) -> dict[str, float]:
    return dict(zip(stations.reports["variable"], stations.reports["value"], strict=True))


def test_what_was_written_is_read_in_the_units_of_the_vocabulary(tmp_path: Path) -> None:
    stations = read(tmp_path, message())
    assert values(stations) == pytest.approx({
        "temperature_2m": 21.5,
        "dew_point_2m": 8.0,
        "relative_humidity_2m": 42.0,
        "surface_pressure": 1012.3,
        "pressure_msl": 1012.6,
        "cloud_cover": 75.0,
        "wind_direction_10m": 220.0,
        "wind_speed_10m": 4.3,
        "precipitation_24h": 12.6,
        "precipitation_6h": 3.2,
        "precipitation": 0.4,
    })  # fmt: skip
    assert stations.kind == "synop"
    assert stations.points["station"].item() == "54527"
    assert stations.points["latitude"].item() == pytest.approx(39.08)
    assert stations.points["longitude"].item() == pytest.approx(117.07)
    assert stations.points["elevation"].item() == pytest.approx(2.5)
    assert set(stations.reports["time"]) == {np.datetime64("2026-04-10T06:00")}


def test_what_is_missing_stays_missing(tmp_path: Path) -> None:
    left_out = ("airTemperature", "windSpeed", "cloudCoverTotal", "totalPrecipitationPast24Hours")
    report = {name: value for name, value in REPORT.items() if name not in left_out}
    found = values(read(tmp_path, message(report, rain=())))
    assert set(found) == {
        *("dew_point_2m", "relative_humidity_2m", "surface_pressure", "pressure_msl"),
        "wind_direction_10m",
    }


def test_zero_is_a_value_and_a_trace_of_rain_is_none(tmp_path: Path) -> None:
    report = {**REPORT, "airTemperature": 273.15, "totalPrecipitationPast24Hours": 0.0}
    found = values(read(tmp_path, message(report, rain=((-6, -0.1),))))
    assert found["temperature_2m"] == pytest.approx(0.0)
    assert found["precipitation_24h"] == 0.0
    assert found["precipitation_6h"] == 0.0


def test_a_hidden_sky_is_no_cloud_cover(tmp_path: Path) -> None:
    assert "cloud_cover" not in values(read(tmp_path, message({**REPORT, "cloudCoverTotal": 113})))


def test_a_gust_of_the_last_hour_is_taken_and_one_of_ten_minutes_is_not(tmp_path: Path) -> None:
    gusts = {
        "#11#timePeriod": -10,
        "#1#maximumWindGustSpeed": 9.9,
        "#12#timePeriod": -60,
        "#2#maximumWindGustSpeed": 12.3,
    }
    assert values(read(tmp_path, message({**REPORT, **gusts})))["wind_gust_10m"] == 12.3


def test_wind_of_another_height_is_left_out_and_told(tmp_path: Path) -> None:
    mast = {"#7#heightOfSensorAboveLocalGroundOrDeckOfMarinePlatform": 4.0}
    stations = read(tmp_path, message({**REPORT, **mast}))
    assert "wind_speed_10m" not in values(stations)
    assert "1 windspeed at 4 m" in stations.dropped


def test_a_station_is_known_by_its_wigos_identifier_too(tmp_path: Path) -> None:
    own = {name: value for name, value in REPORT.items() if name != "stationNumber"}
    wigos = {
        "wigosIdentifierSeries": 0,
        "wigosIssuerOfIdentifier": 156,
        "wigosIssueNumber": 1,
        "wigosLocalIdentifierCharacter": "TJ0042",
    }
    kin = message({**own, **wigos}, descriptors=(301150, 307080))
    assert read(tmp_path, kin).points["station"].item() == "0-156-1-TJ0042"
    numbered = {**own, **wigos, "wigosIssuerOfIdentifier": 20000}
    numbered["wigosLocalIdentifierCharacter"] = "54527"
    again = message(numbered, descriptors=(301150, 307080))
    assert read(tmp_path, again).points["station"].item() == "54527"


@pytest.mark.parametrize("compressed", [False, True])
def test_every_report_of_a_message_is_read(tmp_path: Path, compressed: bool) -> None:
    stations = read(tmp_path, subsets([280.15, 281.25, 290.35], compressed=compressed))
    air = stations.reports[stations.reports["variable"] == "temperature_2m"]
    assert air["station"].tolist() == ["54001", "54002", "54003"]
    assert air["value"].tolist() == pytest.approx([7.0, 8.1, 17.2])


def test_bulletin_headings_and_several_messages_are_read(tmp_path: Path) -> None:
    heading = b"\x01\r\r\n123\r\r\nISMI60 BABJ 100600\r\r\n"
    second = {**REPORT, "stationNumber": 528, "hour": 7}
    content = heading + message() + b"\r\r\n\x03" + heading + message(second)
    stations = read(tmp_path, content)
    assert stations.points["station"].values.tolist() == ["54527", "54528"]
    assert is_bufr(tmp_path / "synop.bufr")


def test_a_truncated_message_costs_only_itself(tmp_path: Path) -> None:
    whole = message()
    stations = read(tmp_path, whole + message()[:-20])
    assert len(stations.reports) == 11
    assert stations.dropped == ("1 messages: the file ends within the message",)


def test_damage_inside_a_message_is_refused_or_read_without_bringing_us_down(
    tmp_path: Path,
) -> None:
    whole = message()
    rng = np.random.default_rng(3)
    spoilt = []
    for _ in range(25):
        content = bytearray(whole)
        for place in rng.integers(8, len(whole) - 4, 6):
            content[place] = int(rng.integers(0, 256))
        spoilt.append(bytes(content))
    stations = read(tmp_path, b"".join([*spoilt, message({**REPORT, "stationNumber": 999})]))
    assert "54999" in stations.points["station"].values.tolist()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no BUFR message"),
        (b"BUFR", "ends within the message"),
        (b"station,latitude\n1,2\n", "holds no BUFR message"),
        (b"BUFR\x00\x00\x40\x04" + b"\0" * 56, "does not end with 7777"),
        (b"BUFR\xff\xff\xff\x04" + b"\0" * 56, "ends within the message"),
        (b"BUFR\x00\x00\x40\x09" + b"\0" * 52 + b"7777", "edition 9"),
        (b"BUFR\x00\x00\x40\x04" + b"\xff" * 52 + b"7777", "can be read"),
    ],
)
def test_what_is_no_bufr_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(tmp_path, content)


def test_reports_that_are_not_of_land_stations_are_refused(tmp_path: Path) -> None:
    handle = eccodes.codes_new_from_message(message())
    eccodes.codes_set(handle, "dataCategory", 2)
    sounding = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    with pytest.raises(UnreadableFile, match="data category 2"):
        read(tmp_path, sounding)


def test_a_message_that_declares_a_host_of_reports_is_refused(tmp_path: Path) -> None:
    content = bytearray(message())
    # section 3 follows the 8 bytes of section 0 and the 22 of section 1; subsets are its 5-6
    content[34:36] = (65_000).to_bytes(2, "big")
    with pytest.raises(UnreadableFile, match=r"65,000 subsets|damaged"):
        read(tmp_path, bytes(content))


def test_a_child_that_may_not_use_memory_is_refused_and_we_go_on(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="synop.bufr"):
        read(tmp_path, message(), DecodeLimits(memory_bytes=1 << 20, crashes=1))


def test_a_file_larger_than_allowed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="allowed are 100"):
        read(tmp_path, message(), DecodeLimits(file_bytes=100))


def test_reports_without_a_place_or_a_time_are_left_out_and_told(tmp_path: Path) -> None:
    nowhere = {name: value for name, value in REPORT.items() if name != "latitude"}
    never = {**REPORT, "month": 2, "day": 30}
    high = {name: value for name, value in REPORT.items() if "height" not in name}
    stations = read(tmp_path, b"".join(map(message, (REPORT, nowhere, never, high))))
    assert stations.points.sizes["point"] == 1
    assert set(stations.dropped) == {
        "1 reports without a place on the earth",
        "1 reports without a time",
        "1 reports without a usable elevation",
    }
