"""What an answer says of its coordinates, and how much it differs where the field may lie."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.errors import InvalidRequest, RequestTooLarge
from forecast.query.coordinates import Rounding
from forecast.service import ForecastService, ask
from tests.support.small_native import VARIABLES, downscaled_counts, native_fields
from tests.support.small_region import SmallRegion

CORNER = {"latitude": 39.45, "longitude": 117.72}
"""Between the rows 9 and 10 and the columns 11 and 12."""

MIDDLE = {"latitude": 39.455, "longitude": 117.725}
"""Of the cell (10, 12)."""


@pytest.fixture
def service(region: SmallRegion, serve: Callable[..., ForecastService]) -> ForecastService:
    region.publish()
    return serve(region)


def location(service: ForecastService, **asked: Any) -> dict[str, Any]:
    return service.series(ask(service, **asked)).passport["location"]


def test_wgs84_is_taken_and_said_not_to_be_declared(service: ForecastService) -> None:
    taken = location(service, **MIDDLE)
    assert (taken["datum"], taken["datum_declared"]) == ("wgs84", False)
    assert location(service, **MIDDLE, datum="WGS-84") == {**taken, "datum_declared": True}


def test_a_corner_is_told_with_three_of_four_chances(service: ForecastService) -> None:
    told = location(service, **CORNER)
    assert (told["edge_m"], told["chance_other_cell"]) == (0, 0.75)
    assert told["precision"] == {"read_from": "digits", "longitude": 0.005, "latitude": 0.005}
    # half a cell each way: 556 m north and 429 m east at 39.45 N
    assert told["radius_m"] == pytest.approx(np.hypot(556.0, 429.3), abs=0.5)


def test_a_middle_is_told_without_doubt(service: ForecastService) -> None:
    told = location(service, **MIDDLE)
    assert told["chance_other_cell"] == 0.0
    assert told["edge_m"] == pytest.approx(429, abs=1)
    assert "readings" not in told


def test_the_digits_as_typed_go_before_those_of_the_number(service: ForecastService) -> None:
    told = location(service, latitude=39.45, longitude=117.725, rounding=Rounding(0.0005, 0.0005))
    assert told["chance_other_cell"] == 0.5
    assert location(service, place="39.450N 117.725E") == told


def test_a_precision_that_is_given_goes_before_digits(service: ForecastService) -> None:
    told = location(service, **CORNER, precision="10m")
    assert told["precision"]["read_from"] == "precision"
    assert told["radius_m"] == pytest.approx(14.1, abs=0.1)


def test_a_place_by_name_says_nothing_of_coordinates(service: ForecastService) -> None:
    assert "location" not in service.series(ask(service, place="宁河")).passport
    told = location(service, place="宁河", precision="500m")
    assert told["precision"]["read_from"] == "precision"
    assert location(service, place="宁河", datum="wgs84")["chance_other_cell"] is None


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "unknown"])
def test_a_name_is_not_of_a_street_map(service: ForecastService, datum: str) -> None:
    with pytest.raises(InvalidRequest, match="points of places are WGS 84"):
        ask(service, place="宁河", datum=datum)


def test_street_map_coordinates_are_told_and_not_moved(service: ForecastService) -> None:
    plain = service.series(ask(service, **MIDDLE))
    declared = service.series(ask(service, **MIDDLE, datum="gcj02"))
    assert declared.passport["cell"] == plain.passport["cell"]
    assert np.array_equal(declared.counts, plain.counts)
    told = declared.passport["location"]
    assert told["transformed"] is None
    assert told["chance_other_cell"] == 1.0
    (reading,) = told["readings"]
    assert reading == {
        "datum": "gcj02",
        "field_m": 560,
        "field_towards": "W",
        "chance_other_cell": 1.0,
    }


def test_an_unknown_datum_gives_all_readings_and_the_largest_chance(
    service: ForecastService,
) -> None:
    told = location(service, **MIDDLE, datum="unknown")
    assert [(one["datum"], one["chance_other_cell"]) for one in told["readings"]] == [
        ("wgs84", 0.0),
        ("gcj02", 1.0),
        ("bd09", 1.0),
    ]
    assert told["readings"][0]["field_towards"] is None
    assert told["chance_other_cell"] == 1.0


def test_the_cells_of_a_corner_are_named_with_their_heights(service: ForecastService) -> None:
    told = location(service, **CORNER, doubt=True)
    cells = {(one["row"], one["column"]): one for one in told["cells"]}
    assert set(cells) == {(9, 11), (9, 12), (10, 11), (10, 12)}
    # 5 m at the coast (column 19), 10 m a column inland, 2 m a row
    assert [one["elevation_m"] for one in told["cells"]] == [103.0, 93.0, 105.0, 95.0]
    assert all(one["share"] == {"wgs84": 0.25} for one in told["cells"])
    assert told["outside_region"] == 0.0


def test_the_answer_differs_by_what_was_published_in_the_other_cells(
    service: ForecastService, region: SmallRegion
) -> None:
    series = service.series(ask(service, **CORNER, doubt=True))
    cell, told = series.passport["cell"], series.passport["location"]["difference"]
    own = (cell["row"], cell["column"])
    assert (told["cells"], told["hours"]) == (3, 49)
    # 0.3 K a row and 0.2 K a column, at every hour alike
    steps = {(9, 11): 0.0, (9, 12): 0.2, (10, 11): 0.3, (10, 12): 0.5}
    lowest, highest = -steps[own], 0.5 - steps[own]
    expected = {"lowest": pytest.approx(lowest), "highest": pytest.approx(highest)}
    assert told["temperature_2m"]["mean_k"] == expected
    assert told["temperature_2m"]["hour_k"] == expected
    least = region.value("temperature_2m", row=9, column=11, step=0)
    assert told["temperature_2m"]["minimum_degc"] == {
        "answer": pytest.approx(least + steps[own]),
        "lowest": pytest.approx(least),
        "highest": pytest.approx(least + 0.5),
    }
    sums = {
        at: sum(region.value("precipitation", row=at[0], column=at[1], step=h) for h in range(49))
        for at in steps
    }
    assert told["precipitation"]["sum_mm"] == {
        "answer": pytest.approx(sums[own]),
        "lowest": pytest.approx(min(sums.values())),
        "highest": pytest.approx(max(sums.values())),
    }


def test_only_the_hours_of_the_answer_are_compared(service: ForecastService) -> None:
    assert location(service, **CORNER, doubt=True, hours=5)["difference"]["hours"] == 5


def test_without_another_cell_nothing_differs(service: ForecastService) -> None:
    told = location(service, **MIDDLE, doubt=True)["difference"]
    assert told["cells"] == 0
    assert told["temperature_2m"]["mean_k"] == {"lowest": 0.0, "highest": 0.0}


def test_cells_at_sea_are_told_and_not_compared(service: ForecastService) -> None:
    # column 19 is the last of the land
    told = location(service, place="39.455N 117.800E", doubt=True)
    assert [one["land_fraction"] for one in told["cells"]] == [1.0, 0.0]
    assert told["difference"]["cells"] == 0


def test_a_box_over_the_edge_of_the_region_says_so(service: ForecastService) -> None:
    told = location(service, latitude=39.455, longitude=117.601, precision="0.002", doubt=True)
    assert told["outside_region"] == 0.25


def test_too_coarse_coordinates_are_not_compared_and_the_reason_is_told(
    service: ForecastService,
) -> None:
    told = location(service, **MIDDLE, precision="0.1", doubt=True)
    assert (told["cells"], told["difference"]) == (None, None)
    assert told["reason"].startswith("the field may lie in 441 cells; allowed are 150")


def test_doubt_needs_something_to_doubt(service: ForecastService) -> None:
    with pytest.raises(InvalidRequest, match="doubt was asked of a place by name"):
        ask(service, place="宁河", doubt=True)


def test_the_cells_in_doubt_count_against_the_limit(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    small = serve(region, max_values=1000)
    asked = {**CORNER, "precision": "0.01", "hourly": "temperature_2m"}
    small.series(ask(small, **asked))
    # at most 4 x 4 cells, two variables and 49 hours, beside the 49 values of the answer
    with pytest.raises(RequestTooLarge, match="1,617 values"):
        small.series(ask(small, **asked, doubt=True))


def test_at_one_height_the_cells_differ_by_less_than_their_heights_make(
    tmp_path: Path, serve: Callable[..., ForecastService]
) -> None:
    region = SmallRegion.create(tmp_path, hours=24, variables=VARIABLES)
    native = native_fields(region)
    region.publish(packed=downscaled_counts(region, native), native=native)
    service = serve(region)

    def spread(**asked: Any) -> float:
        told = location(service, **MIDDLE, precision="0.03", doubt=True, **asked)["difference"]
        assert told["cells"] == 48
        mean = told["temperature_2m"]["mean_k"]
        return mean["highest"] - mean["lowest"]

    # from the highest to the lowest of 7 x 7 cells there are 72 m
    assert spread(elevation=95.0) < 0.5 * spread()


def test_hours_that_are_past_are_not_compared(service: ForecastService) -> None:
    series = service.series(ask(service, **CORNER, doubt=True, past_days=2))
    assert len(series.times()) > 49
    assert series.passport["location"]["difference"]["hours"] == 49
