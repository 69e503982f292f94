"""GCJ-02 against published pairs and against itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InvalidRequest
from forecast.query.datum import to_gcj02, to_wgs84
from grids import LonLat
from grids.geometry import great_circle_distance


def metres(first: LonLat, second: LonLat) -> float:
    return float(
        great_circle_distance(
            longitude=first.longitude,
            latitude=first.latitude,
            to_longitude=second.longitude,
            to_latitude=second.latitude,
        )
    )


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # Beijing railway station, as the documentation of the R package geoChina gives it
        ((116.42079, 39.90105), (116.42703, 39.90245)),
        # the example of the Elixir package evil_transform
        ((120.596931, 31.280844), (120.60109998322247, 31.278648624428175)),
    ],
)
def test_published_pairs_are_met(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    place = LonLat(longitude=wgs84[0], latitude=wgs84[1])
    shifted = LonLat(longitude=gcj02[0], latitude=gcj02[1])
    assert metres(to_gcj02(place), shifted) < 2.0
    assert metres(to_wgs84(shifted, datum="gcj02"), place) < 2.0


@pytest.mark.parametrize(
    ("longitude", "latitude", "offset"),
    [(117.72, 39.45, 547), (116.205, 30.923, 556), (106.55, 29.56, 479)],
)
def test_the_offset_is_half_a_kilometre_cell(
    longitude: float, latitude: float, offset: float
) -> None:
    # measured for the design at Ninghe, Yuexi and Chongqing
    place = LonLat(longitude=longitude, latitude=latitude)
    assert metres(place, to_gcj02(place)) == pytest.approx(offset, abs=25)


@given(longitude=st.floats(74, 134), latitude=st.floats(18, 53))
def test_a_round_trip_ends_within_a_metre(longitude: float, latitude: float) -> None:
    place = LonLat(longitude=longitude, latitude=latitude)
    assert metres(to_wgs84(to_gcj02(place), datum="gcj02"), place) < 0.01


def test_outside_china_and_in_wgs84_nothing_moves() -> None:
    oslo = LonLat(longitude=10.75, latitude=59.91)
    tianjin = LonLat(longitude=117.2, latitude=39.1)
    assert to_wgs84(oslo, datum="gcj02") == oslo
    assert to_gcj02(oslo) == oslo
    assert to_wgs84(tianjin, datum="wgs84") == tianjin
    assert to_wgs84(tianjin, datum="cgcs2000") == tianjin


def test_another_datum_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidRequest, match="wgs84, cgcs2000, gcj02"):
        to_wgs84(LonLat(longitude=117.2, latitude=39.1), datum="bd09")
