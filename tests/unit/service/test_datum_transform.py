"""The operator's transform: imported at the start, called where it is due, and always told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.errors import SettingsError
from forecast.service import ForecastService, ask, ask_advice
from forecast.service.datum_transform import DatumTransform
from grids import LonLat
from tests.support.small_region import SmallRegion

MODULE = """
asked = []

def west(longitude, latitude, datum):
    asked.append((longitude, latitude, datum))
    return longitude - 0.01, latitude

def far(longitude, latitude, datum):
    return longitude - 1.0, latitude

def nowhere(longitude, latitude, datum):
    return longitude, 91.0

def nothing(longitude, latitude, datum):
    return None

def failing(longitude, latitude, datum):
    raise ValueError("not\\ntoday")

number = 7
"""
HERE = {"latitude": 39.455, "longitude": 117.725}


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of an importable module with transforms."""
    (tmp_path / "plugged_datum.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "plugged_wrong.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "plugged_datum", raising=False)
    return "plugged_datum"


@pytest.fixture
def service(
    module: str, region: SmallRegion, serve: Callable[..., ForecastService]
) -> ForecastService:
    region.publish()
    return serve(region, datum_transform=f"{module}:west")


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_declared_coordinates_are_moved_and_the_answer_says_how(
    service: ForecastService, module: str, datum: str
) -> None:
    passport = service.series(ask(service, **HERE, datum=datum)).passport
    moved = service.series(ask(service, latitude=39.455, longitude=117.715)).passport
    assert passport["cell"] == moved["cell"]
    told = passport["location"]
    assert told["datum"] == datum
    assert told["transformed"] == {
        "by": f"{module}:west",
        "from": {"longitude": 117.725, "latitude": 39.455},
        "to": {"longitude": pytest.approx(117.715), "latitude": 39.455},
        "distance_m": 859,
    }
    assert told["chance_other_cell"] == 0.0
    assert "readings" not in told


@pytest.mark.parametrize("datum", [None, "wgs84", "cgcs2000", "unknown"])
def test_nothing_else_is_moved(service: ForecastService, datum: str | None) -> None:
    import plugged_datum

    passport = service.series(ask(service, **HERE, datum=datum)).passport
    assert passport["location"]["transformed"] is None
    assert passport["asked"]["longitude"] == 117.725
    assert plugged_datum.asked == []


def test_coordinates_as_text_and_questions_for_advice_are_moved_alike(
    service: ForecastService,
) -> None:
    series = service.series(ask(service, place="39.455N 117.725E", datum="gcj02"))
    assert series.question.place.longitude == pytest.approx(117.715)
    advice = ask_advice(service, place="39.455N 117.725E", datum="gcj02", crop="rice")
    assert advice.lonlat == series.question.lonlat
    assert advice.coordinates == series.question.coordinates


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plugged_datum", "allowed is module:function"),
        (":west", "allowed is module:function"),
        ("plugged_datum:east", "has no function 'east'"),
        ("plugged_datum:number", "has no function 'number'"),
        ("no_such_module_here:west", "cannot be imported: ModuleNotFoundError"),
        ("plugged_wrong:west", "cannot be imported: ZeroDivisionError"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_sentence(
    module: str,
    region: SmallRegion,
    serve: Callable[..., ForecastService],
    name: str,
    words: str,
) -> None:
    with pytest.raises(SettingsError, match="setting 'datum_transform' is") as refused:
        serve(region, datum_transform=name)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("far", "allowed are 5000 m"),
        ("nowhere", "no place: latitude 91.0"),
        ("nothing", "TypeError"),
        ("failing", "ValueError not today"),
    ],
)
def test_a_transform_that_fails_is_named(module: str, function: str, words: str) -> None:
    transform = DatumTransform.named(f"{module}:{function}")
    with pytest.raises(SettingsError, match=f"transform {module}:{function} failed") as refused:
        transform.moved(LonLat(**HERE), datum="gcj02")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
