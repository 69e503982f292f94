"""A person's own table: columns by clear names, in Chinese or English, at the place given."""

from pathlib import Path

import pytest

from forecast.errors import InvalidRequest
from forecast.ingest.observed import Stations
from forecast.ingest.thermometer import Instrument, read_thermometer

BARN = Instrument(station="barn", name="东棚子", longitude=117.8, latitude=39.3, elevation=4.0)


def read(tmp_path: Path, text: str, timezone: str | None = "Asia/Shanghai") -> Stations:
    path = tmp_path / "diary.csv"
    path.write_text(text, encoding="utf-8")
    return read_thermometer(path, BARN, timezone=timezone)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("时间,温度,湿度", "2026-04-10 08:00,21.5,55"),
        ("观测时间,气温（℃）,相对湿度（%）", "2026/4/10 8:00,21.5,55"),
        ("time,temperature (°F),humidity", "2026-04-10T08:00,70.7,55"),
        ("Time;Temp [°C];RH [%]", "2026-04-10 08:00;21,5;55"),
        ("日期,时间,温度,湿度", "2026-04-10,08:00,21.5,55"),
    ],
)
def test_columns_of_clear_names_are_found(tmp_path: Path, heading: str, cells: str) -> None:
    stations = read(tmp_path, f"{heading}\n{cells}\n")
    found = dict(zip(stations.reports["variable"], stations.reports["value"], strict=True))
    assert found == pytest.approx({"temperature_2m": 21.5, "relative_humidity_2m": 55.0})
    assert str(stations.reports["time"].iloc[0]) == "2026-04-10 00:00:00"
    assert stations.kind == "thermometer"
    assert stations.points["station"].item() == "barn"
    assert stations.points["elevation"].item() == 4.0


def test_a_table_without_a_temperature_or_a_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="temperature or 气温"):
        read(tmp_path, "time,reading\n2026-04-10 08:00,21\n")
    with pytest.raises(InvalidRequest, match="no column of times"):
        read(tmp_path, "when,temperature\n2026-04-10 08:00,21\n")


def test_the_wall_clock_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="does not say its zone"):
        read(tmp_path, "time,temperature\n2026-04-10 08:00,21\n", None)


def test_a_table_of_several_stations_is_not_one_instrument(tmp_path: Path) -> None:
    text = "station,time,temperature\na,2026-04-10 08:00,21\nb,2026-04-10 08:00,21\n"
    with pytest.raises(InvalidRequest, match="several stations"):
        read(tmp_path, text)
