"""Station files and scores, by hand arithmetic."""

from pathlib import Path

import numpy as np
import pytest

from forecast.errors import InvalidRequest
from forecast.verify import compare, read_stations


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "stations.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plain_station_list_is_read(tmp_path: Path) -> None:
    stations = read_stations(
        write(tmp_path, "station,latitude,longitude,elevation\n54527,39.08,117.07,2.5\n")
    )
    assert stations.points["station"].item() == "54527"
    assert stations.points["elevation"].item() == 2.5
    assert stations.observations.empty


def test_bufr_names_in_kelvin_become_degrees_celsius(tmp_path: Path) -> None:
    text = (
        "latitude,longitude,heightOfStation,airTemperatureAt2M,data_datetime,WMO_station_id\n"
        "31.98,35.98,779.0,295.4,2018-11-20 12:00:00,40270\n"
    )
    stations = read_stations(write(tmp_path, text))
    assert stations.observations["temperature_2m"].item() == pytest.approx(22.25)
    assert stations.observations["time"].item().isoformat() == "2018-11-20T12:00:00"


def test_a_height_of_minus_9999_is_left_out_and_told(tmp_path: Path) -> None:
    text = "station,latitude,longitude,elevation\na,1,2,-9999\nb,1,2,30\n"
    stations = read_stations(write(tmp_path, text))
    assert stations.points["station"].values.tolist() == ["b"]
    assert stations.dropped == ("1 rows without a usable elevation",)


def test_a_file_without_elevation_is_refused_with_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="station, latitude, longitude, elevation"):
        read_stations(write(tmp_path, "station,latitude,longitude\na,1,2\n"))


def test_scores_of_three_pairs_by_hand() -> None:
    errors = {"bilinear": np.array([3.0, -4.0, 0.0]), "ours": np.array([1.5, -2.0, 0.0])}
    rows = compare(
        errors,
        groups={"all": np.array([True, True, True]), "none": np.zeros(3, dtype=bool)},
        longitude=np.array([0.0, 10.0, 20.0]),
        latitude=np.array([40.0, 41.0, 42.0]),
        reference="bilinear",
    )
    assert [row.method for row in rows] == ["bilinear", "ours"]
    assert rows[0].rmse == pytest.approx((25 / 3) ** 0.5)
    assert rows[0].mae == pytest.approx(7 / 3)
    assert rows[0].bias == pytest.approx(-1 / 3)
    assert rows[1].reduction == pytest.approx(0.5)
    assert rows[1].interval == pytest.approx((0.5, 0.5))
