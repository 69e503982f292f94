"""Sowing: all gates in each member, the light of each day, the first gate that fails."""

import numpy as np
import pytest
import xarray as xr

from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.profile.sowing import Sowing
from forecast.advise.sowing import AMBER, GREEN, NO_DATA, RED, gates, sowing_days
from forecast.advise.sowing_row import SowingRow
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.errors import DataError

RICE = shipped_profile("rice.xiaozhan.ninghe")
WHEAT = shipped_profile("wheat.winter.haihe")


def _sowing(profile: CropProfile, name: str) -> Sowing:
    return {part.id: part for part in profile.sowing}[name]


NURSERY = _sowing(RICE, "nursery_sowing")


def _series(rows: list[float], *, first: str, members: int = 12) -> xr.DataArray:
    dates = (np.datetime64(first) + np.arange(len(rows))).astype("datetime64[ns]")
    data = np.tile(np.array(rows, np.float32), (members, 1))
    return xr.DataArray(data, dims=("realization", "day"), coords={"day": dates})


def _april(**changes: dict[int, float]) -> dict[str, xr.DataArray]:
    """1 to 30 April 2025: mild from the 3rd on; changes by day of the month."""
    plain = {"tmean": [6.0] * 2 + [14.0] * 28, "tmin": [8.0] * 30, "gustmax": [6.0] * 30}
    for name, days in changes.items():
        for day, value in days.items():
            plain[name][day - 1] = value
    return {name: _series(row, first="2025-04-01") for name, row in plain.items()}


def _lights(values: dict[str, xr.DataArray], **options: bool) -> dict[str, int]:
    told = sowing_days(NURSERY, gates(NURSERY, values, **options), least=10)
    days = told["day"].values.astype("datetime64[D]")
    return dict(zip(map(str, days), told["light"].values.tolist(), strict=True))


def test_nurseries_are_sown_from_the_day_of_the_stable_passing_on() -> None:
    told = _lights(_april())
    assert [told[f"2025-04-0{day}"] for day in (1, 2, 3, 4)] == [RED, RED, GREEN, GREEN]


def test_the_wind_of_12_and_13_april_2025_puts_sowing_off_until_the_14th() -> None:
    # notice of the Tianjin agriculture commission, 10 April 2025: gusts of force 10 to 11
    told = _lights(_april(gustmax={12: 26.0, 13: 26.0}))
    assert [told[f"2025-04-{day}"] for day in (10, 11, 12, 13, 14)] == [GREEN, RED, RED, RED, GREEN]


def test_the_reason_is_the_first_gate_that_fails() -> None:
    values = _april(gustmax={12: 26.0})
    told = sowing_days(NURSERY, gates(NURSERY, values), least=10)
    names = told["gate"].values.tolist()
    at = {day: names[int(told["failing"].sel(day=f"2025-04-{day}"))] for day in ("01", "12")}
    assert at == {"01": "thermal.0", "12": "avoid.2"}
    assert told["failing"].sel(day="2025-04-20").item() == -1


def test_under_film_the_gate_lies_two_degrees_lower_outdoors() -> None:
    cool = _april(tmean=dict.fromkeys(range(3, 31), 9.0))
    assert _lights(cool)["2025-04-10"] == RED
    assert _lights(cool, covered=True)["2025-04-10"] == GREEN


def test_a_day_whose_horizon_reaches_beyond_the_data_is_no_data_and_not_green() -> None:
    told = _lights(_april())
    # seven days from the 24th on are the 24th to the 30th; a spell of 3 d there may still begin
    assert told["2025-04-20"] == GREEN
    assert told["2025-04-30"] == NO_DATA


def test_days_before_the_earliest_and_after_the_latest_are_red_because_of_the_season() -> None:
    values = {
        name: field.assign_coords(day=field["day"] - np.timedelta64(31, "D"))
        for name, field in _april().items()
    }
    told = sowing_days(NURSERY, gates(NURSERY, values), least=10)
    day = told.sel(day="2025-03-10")
    assert day["light"].item() == RED
    assert told["gate"].values[int(day["failing"])] == "season"


@pytest.mark.parametrize(("windy", "light"), [(3, GREEN), (4, AMBER), (6, AMBER), (7, RED)])
def test_green_needs_7_members_of_10_and_amber_4(windy: int, light: int) -> None:
    values = {name: field.isel(realization=slice(10)).copy() for name, field in _april().items()}
    values["gustmax"][:windy, 11] = 26.0
    told = sowing_days(NURSERY, gates(NURSERY, values), least=10).sel(day="2025-04-12")
    assert told["probability"].item() == pytest.approx(1 - windy / 10)
    assert told["light"].item() == light


def test_missing_days_are_no_data() -> None:
    values = _april()
    values["tmean"][:, 15] = np.nan
    assert _lights(values)["2025-04-10"] == NO_DATA


def test_windows_are_runs_of_green_days_and_the_next_one_follows() -> None:
    passed = gates(NURSERY, _april(gustmax={12: 26.0}))
    told = sowing_days(NURSERY, passed, least=10)
    row = SowingRow.of(
        NURSERY,
        told["day"].values,
        passed={name: gate.values for name, gate in passed.items()},
        frost=None,
        least=10,
    )
    # a place is told what a cell is told
    assert row.light.tolist() == told["light"].values.tolist()
    assert row.failing.tolist() == told["failing"].values.tolist()
    assert row.gates == tuple(told["gate"].values.tolist())
    np.testing.assert_array_equal(row.gate_probability, told["gate_probability"].values)
    first, second = row.windows()
    assert str(first.first)[:10] == "2025-04-03"
    assert str(first.last)[:10] == "2025-04-10"
    assert str(second.first)[:10] == "2025-04-13"
    assert (first.light, first.probability) == ("green", 1.0)


def test_wheat_is_sown_after_18_and_before_16_degrees_with_warmth_enough() -> None:
    part = _sowing(WHEAT, "sowing")
    # one degree less every third day from 22 degC on 20 September
    falling = [22.0 - day / 3 for day in range(110)]
    values = {"tmean": _series(falling, first="2025-09-20")}
    found = gates(part.model_copy(update={"avoid": ()}), values)
    warm = found["thermal.0"].isel(realization=0)
    days = warm["day"].values[warm.values == YES].astype("datetime64[D]")
    # 18 degC on 2 October, the 13th day; the mean of 5 days stays at 16 until the 8th
    assert str(days[0]) == "2025-10-03"
    assert (np.diff(days) == np.timedelta64(1, "D")).all()
    assert len(days) == 6
    heat = found["heat_sum"].isel(realization=0)
    sums = np.array([sum(max(value, 0.0) for value in falling[day:]) for day in range(110)])
    assert (heat.values == np.where((sums >= 350) & (sums <= 650), YES, NO)).all()


def test_warmth_to_come_is_not_known_before_the_winter_is_in_sight() -> None:
    part = _sowing(WHEAT, "sowing").model_copy(update={"avoid": ()})
    found = gates(part, {"tmean": _series([17.0] * 10, first="2025-10-01")})
    assert (found["heat_sum"] == UNKNOWN).all()


def test_tender_crops_wait_for_the_last_frost_and_ask_for_its_chance() -> None:
    part = next(
        each
        for name in ("vegetables.open.tianjin", "cotton.spring.haihe", "potato.spring.north")
        for each in shipped_profile(name).sowing
        if each.last_frost is not None
    )
    dates = (np.datetime64(f"2025-{part.earliest}") + np.arange(3)).astype("datetime64[ns]")
    passed = {
        "thermal.0": xr.DataArray(
            np.full((12, 3), YES, np.int8), dims=("realization", "day"), coords={"day": dates}
        )
    }
    with pytest.raises(DataError, match="chance of frost"):
        sowing_days(part, passed, least=10)
    frost = xr.DataArray(np.array([0.9, 0.2, np.nan]), dims="day", coords={"day": dates})
    told = sowing_days(part, passed, least=10, frost=frost)
    assert told["light"].values.tolist() == [RED, GREEN, NO_DATA]
    assert told["gate"].values[int(told["failing"][0])] == "last_frost"


def test_cells_ride_along_and_lazy_stays_lazy() -> None:
    cells = xr.DataArray(np.array([0.0, -5.0], np.float32), dims="y")
    values = {name: field + cells for name, field in _april().items()}
    eager = sowing_days(NURSERY, gates(NURSERY, values), least=10)
    lazy_values = {name: field.chunk(y=1) for name, field in values.items()}
    lazy = sowing_days(NURSERY, gates(NURSERY, lazy_values), least=10)
    assert lazy["light"].chunks is not None
    xr.testing.assert_allclose(lazy.compute(), eager)
    assert (gates(NURSERY, values)["thermal.0"].isel(y=1) == NO).all()
