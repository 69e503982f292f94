"""Station tables: columns, units, zones, missing values and encodings."""

from pathlib import Path

import numpy as np
import pytest

from forecast.errors import InvalidRequest, UnreadableFile
from forecast.ingest.stations import Stations, read_known_stations, read_stations

PLACE = "station,latitude,longitude,elevation"
HERE = "54527,39.08,117.07,2.5"


def read(tmp_path: Path, text: str | bytes, timezone: str | None = None) -> Stations:
    path = tmp_path / "stations.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_stations(path, timezone=timezone)


def values(stations: Stations, name: str = "temperature_2m") -> list[float]:
    reports = stations.reports
    return reports["value"][reports["variable"] == name].round(6).tolist()


def times(stations: Stations) -> list[str]:
    return [str(time) for time in stations.reports["time"].to_numpy().astype("datetime64[m]")]


def one(tmp_path: Path, heading: str, cell: str) -> list[float]:
    """What is read of a single cell under a heading."""
    text = f"{PLACE},time,{heading}\n{HERE},2026-04-10T08:00+08:00,{cell}\n"
    found = read(tmp_path, text).reports["value"]
    return found.round(6).tolist()


def test_a_plain_station_list_is_read(tmp_path: Path) -> None:
    stations = read(tmp_path, f"{PLACE}\n{HERE}\n")
    assert stations.points["station"].item() == "54527"
    assert stations.points["elevation"].item() == 2.5
    assert stations.observations.empty


def test_bufr_names_in_kelvin_become_degrees_celsius_at_utc_and_this_is_told(
    tmp_path: Path,
) -> None:
    text = (
        "latitude,longitude,heightOfStation,airTemperatureAt2M,data_datetime,WMO_station_id\n"
        "31.98,35.98,779.0,295.4,2018-11-20 12:00:00,40270\n"
    )
    stations = read(tmp_path, text)
    assert stations.observations["temperature_2m"].item() == pytest.approx(22.25)
    assert times(stations) == ["2018-11-20T12:00"]
    assert stations.notes == ("times without a zone are UTC, as under all names of WMO elements",)


def test_a_height_of_minus_9999_is_left_out_and_told(tmp_path: Path) -> None:
    stations = read(tmp_path, f"{PLACE}\na,1,2,-9999\nb,1,2,30\n")
    assert stations.points["station"].values.tolist() == ["b"]
    assert stations.dropped == ("1 rows without a usable elevation",)


def test_a_file_without_elevation_is_refused_with_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="station, latitude, longitude, elevation"):
        read(tmp_path, "station,latitude,longitude\na,1,2\n")


def test_a_time_without_a_zone_is_refused_unless_somebody_names_the_zone(tmp_path: Path) -> None:
    text = f"{PLACE},time,temperature_2m\n{HERE},2026-04-10 08:00,21.5\n"
    with pytest.raises(InvalidRequest, match="does not say its zone.*--timezone"):
        read(tmp_path, text)
    assert times(read(tmp_path, text, "Asia/Shanghai")) == ["2026-04-10T00:00"]
    assert times(read(tmp_path, text, "UTC")) == ["2026-04-10T08:00"]
    assert times(read(tmp_path, text, "+05:30")) == ["2026-04-10T02:30"]
    with pytest.raises(InvalidRequest, match="allowed are IANA names"):
        read(tmp_path, text, "Asia/Peking")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-04-10T08:00+08:00", "2026-04-10T00:00"),
        ("2026-04-10T00:00Z", "2026-04-10T00:00"),
        ("2026-04-10T00:00:00.000Z", "2026-04-10T00:00"),
        ("2026-04-10 00:00 UTC", "2026-04-10T00:00"),
        ("20260410T0530+0530", "2026-04-10T00:00"),
        ("2026041000Z", "2026-04-10T00:00"),
        ("2026/4/10 8:00+08", "2026-04-10T00:00"),
    ],
)
def test_a_time_with_its_own_zone_means_that_whatever_zone_is_named(
    tmp_path: Path, text: str, utc: str
) -> None:
    row = f"{PLACE},time,temperature_2m\n{HERE},{text},1\n"
    assert times(read(tmp_path, row, "America/Lima")) == [utc]


@pytest.mark.parametrize(
    "text", ["2026/4/10 8:00", "2026年4月10日8时", "2026-04-10 8:00:00", "2026041008"]
)
def test_chinese_ways_of_writing_a_time_are_read(tmp_path: Path, text: str) -> None:
    row = f"{PLACE},时间（北京时）,气温\n{HERE},{text},1\n"
    assert times(read(tmp_path, row)) == ["2026-04-10T00:00"]


def test_midnight_written_as_24_ends_its_day(tmp_path: Path) -> None:
    row = f"{PLACE},time,temperature_2m\n{HERE},2026-04-10 24:00,1\n"
    assert times(read(tmp_path, row, "UTC")) == ["2026-04-11T00:00"]


def test_years_months_days_and_hours_in_columns_of_their_own(tmp_path: Path) -> None:
    text = f"{PLACE},year,month,day,hour,temperature_2m\n{HERE},2026,4,10,8,3.5\n"
    assert times(read(tmp_path, text, "Asia/Shanghai")) == ["2026-04-10T00:00"]
    apart = f"{PLACE},date,time,temperature_2m\n{HERE},2026-04-10,08:00,3.5\n"
    assert times(read(tmp_path, apart, "Asia/Shanghai")) == ["2026-04-10T00:00"]


def test_an_hour_that_summer_time_shows_twice_or_skips_is_left_out_and_told(
    tmp_path: Path,
) -> None:
    rows = "".join(
        f"{HERE},{time},1\n"
        for time in ("2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 04:00")
    )
    stations = read(tmp_path, f"{PLACE},time,temperature_2m\n{rows}", "Europe/Oslo")
    assert times(stations) == ["2026-10-25T03:00"]
    assert stations.dropped == ("2 times that are no instants",)


@pytest.mark.parametrize("text", ["10.04.2026 08:00", "4/10/2026 8:00", "yesterday", "2026-04-10"])
def test_a_time_that_may_mean_two_days_or_no_hour_is_no_instant(tmp_path: Path, text: str) -> None:
    stations = read(tmp_path, f"{PLACE},time,temperature_2m\n{HERE},{text},1\n", "UTC")
    assert stations.reports.empty
    assert stations.dropped == ("1 times that are no instants",)


def test_two_zones_that_contradict_are_refused(tmp_path: Path) -> None:
    text = f"{PLACE},time [UTC],temperature_2m\n{HERE},2026-04-10 08:00,1\n"
    assert times(read(tmp_path, text)) == ["2026-04-10T08:00"]
    with pytest.raises(InvalidRequest, match="leave one of them out"):
        read(tmp_path, text, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("heading", "cell", "value"),
    [
        ("temperature_2m [K]", "273.15", 0.0),
        ("temperature_2m (°C)", "21.5", 21.5),
        ("temperature_2m (°F)", "212", 100.0),
        ("气温（℃）", "-3.2", -3.2),
        ("surface_pressure [Pa]", "101325", 1013.25),
        ("relative_humidity_2m [fraction]", "0.5", 50.0),
        ("wind_speed_10m (km/h)", "36", 10.0),
        ("降水量（毫米）", "0", 0.0),
        ("totalPrecipitationPast6Hours", "12.5", 12.5),
        ("totalPrecipitationPast1Hour", "-0.1", 0.0),
        ("nonCoordinatePressure", "99990", 999.9),
        ("surface_pressure", "999.9", 999.9),
    ],
)
def test_units_of_the_heading_are_converted(
    tmp_path: Path, heading: str, cell: str, value: float
) -> None:
    assert one(tmp_path, heading, cell) == [pytest.approx(value)]


def test_a_unit_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="allowed are degC"):
        one(tmp_path, "temperature_2m [bananas]", "1")
    with pytest.raises(InvalidRequest, match="allowed are degC"):
        one(tmp_path, "temperature_2m [hPa]", "1")


@pytest.mark.parametrize(
    "cell",
    ["", "-9999", "9999", "999.9", "1e20", "9.96921e36", "NaN", "缺测", "///", "-", "inf", "-999"],
)
def test_what_stands_for_nothing_is_missing(tmp_path: Path, cell: str) -> None:
    assert one(tmp_path, "temperature_2m", cell) == []


def test_zero_is_a_value_and_an_impossible_value_stays_for_the_checks(tmp_path: Path) -> None:
    assert one(tmp_path, "temperature_2m", "0") == [0.0]
    assert one(tmp_path, "temperature_2m", "77") == [77.0]
    text = f"{PLACE},time,temperature_2m\n{HERE},2026-04-10T00:00Z,77\n"
    assert np.isnan(read(tmp_path, text).observations["temperature_2m"].item())


def test_a_cell_that_is_no_number_is_told(tmp_path: Path) -> None:
    text = f"{PLACE},time,temperature_2m\n{HERE},2026-04-10T00:00Z,warm\n"
    assert read(tmp_path, text).dropped == ("1 cells of temperature_2m that are no numbers",)


def test_decimal_commas_are_read_and_doubtful_ones_refused(tmp_path: Path) -> None:
    head = f"{PLACE},time,temperature_2m\n".replace(",", ";")
    row = "54527;39,08;117,07;2,5;2026-04-10T00:00Z;"
    stations = read(tmp_path, f"{head}{row}21,5\n{row}3\n")
    assert values(stations) == [21.5, 3.0]
    assert stations.points["latitude"].item() == 39.08
    with pytest.raises(InvalidRequest, match="one decimal sign"):
        read(tmp_path, f"{head}{row}21,5\n{row}3.5\n")
    quoted = f'{PLACE},time,surface_pressure\n{HERE},2026-04-10T00:00Z,"1,013"\n'
    with pytest.raises(InvalidRequest, match="decimal or a thousand"):
        read(tmp_path, quoted)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_are_read_in_every_encoding_they_come_in(
    tmp_path: Path, encoding: str
) -> None:
    text = f"站号,纬度,经度,海拔,站名,时间（北京时）,气温（℃）\n{HERE},西青,2026/4/10 8:00,21.5\n"
    stations = read(tmp_path, text.encode(encoding))
    assert values(stations) == [21.5]
    assert stations.points["name"].item() == "西青"


def test_a_degree_sign_of_western_windows_is_read(tmp_path: Path) -> None:
    text = f"{PLACE},time,temperature_2m (°C)\n{HERE},2026-04-10T00:00Z,21.5\n"
    assert values(read(tmp_path, text.encode("cp1252"))) == [21.5]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"BUFR\x00\x00\x01\x04", b"\xff\xfe\xff"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="no table of text"):
        read(tmp_path, content)


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="'time' twice"):
        read(tmp_path, f"{PLACE},time,time\n{HERE},1,2\n")


def test_tables_with_a_row_per_value_are_read(tmp_path: Path) -> None:
    rows = (
        f"{HERE},2026-04-10T00:00Z,temperature_2m,294.65,K\n"
        f"{HERE},2026-04-10T00:00Z,precipitation_6h,3,mm\n"
        f"{HERE},2026-04-10T00:00Z,colour,3,mm\n"
    )
    stations = read(tmp_path, f"{PLACE},time,variable,value,unit\n{rows}")
    assert values(stations) == [21.5]
    assert values(stations, "precipitation_6h") == [3.0]
    assert len(stations.dropped) == 1


def test_tables_with_a_column_per_time_are_read(tmp_path: Path) -> None:
    head = "temperature_2m@2026-04-10T00:00Z [K],temperature_2m@2026-04-10T01:00Z [K]"
    stations = read(tmp_path, f"{PLACE},{head}\n{HERE},294.65,295.65\n")
    assert values(stations) == [21.5, 22.5]
    assert times(stations) == ["2026-04-10T00:00", "2026-04-10T01:00"]


def test_kelvin_under_a_name_in_celsius_is_doubted_in_words(tmp_path: Path) -> None:
    text = f"{PLACE},time,temperature_2m\n{HERE},2026-04-10T00:00Z,294.65\n"
    assert "say it in the heading" in read(tmp_path, text).notes[0]


def test_observations_without_places_are_read_for_stations_that_are_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "more.csv"
    path.write_text("station,time,temperature_2m\n54527,2026-04-10T00:00Z,1.5\n")
    stations = read_known_stations(path)
    assert stations.points.sizes["point"] == 0
    assert values(stations) == [1.5]
