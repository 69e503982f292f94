"""Windows over cells: the whole of it in each member, and how long it lasts."""

import numpy as np
import xarray as xr

from forecast.advise.profile import shipped_profile
from forecast.advise.windows import Grades, grades, lasting, opened
from forecast.agromet.truth import NO, UNKNOWN, YES, any_of

TEA = shipped_profile("tea.cuilan.yuexi")
PLUCK = TEA.windows[0]
"""Green 10 to 30 degC, dry for 3 h before and after; at least 3 h."""


def _truth(rows: list[list[int]]) -> xr.DataArray:
    data = np.array(rows, np.int8)
    times = (np.datetime64("2025-04-12T01", "h") + np.arange(data.shape[1])).astype(
        "datetime64[ns]"
    )
    return xr.DataArray(data, dims=("realization", "time"), coords={"time": times})


def _grades(rows: list[list[int]], amber: list[list[int]] | None = None) -> Grades:
    green = _truth(rows)
    return Grades(green, green if amber is None else any_of(green, _truth(amber)))


def test_the_chance_of_a_window_is_that_of_its_whole_and_not_of_its_hours() -> None:
    # each hour suits in two members of three, three hours on end in none of them
    found = _grades([[2, 2, 0, 2, 2, 0], [2, 0, 2, 2, 0, 2], [0, 2, 2, 0, 2, 2]])
    told = opened(PLUCK, found, least=1)["probability"].sel(grade="green")
    assert told.values[:4].tolist() == [0.0] * 4


def test_a_window_that_reaches_beyond_the_forecast_is_not_known() -> None:
    found = _grades([[2, 2, 2, 2]] * 2)
    told = opened(PLUCK, found, least=2)
    probability = told["probability"].sel(grade="green").values
    assert probability[:2].tolist() == [1.0, 1.0]
    assert np.isnan(probability[2:]).all()
    assert told["unknown"].sel(grade="green").values.tolist() == [0, 0, 2, 2]


def test_a_spell_lasts_until_the_first_step_that_is_not_a_sure_yes() -> None:
    told = lasting(_truth([[YES, YES, NO, UNKNOWN, YES]]), dim="time").values[0]
    assert told[[0, 1, 2, 4]].tolist() == [2.0, 1.0, 0.0, 1.0]
    assert np.isnan(told[3])


def _weather(**changes: float) -> dict[str, xr.DataArray]:
    told = {"t2m": 18.0, "rh2m": 70.0, "wind10m": 2.0, "precip": 0.0, "sun_elevation": 30.0}
    times = (np.datetime64("2025-04-12T01", "h") + np.arange(12)).astype("datetime64[ns]")
    return {
        name: xr.DataArray(
            np.full((2, 12), value, np.float32),
            dims=("realization", "time"),
            coords={"time": times},
        )
        for name, value in {**told, **changes}.items()
    }


def test_tea_is_plucked_by_daylight_only_and_in_its_stage_only() -> None:
    day = grades(PLUCK, _weather())
    assert (day.green.isel(time=5) == YES).all()
    assert (grades(PLUCK, _weather(sun_elevation=-1.0)).amber == NO).all()
    wrong = xr.DataArray(np.full(12, NO, np.int8), dims="time")
    night = grades(PLUCK, _weather(), applies=wrong)
    assert (night.amber == NO).all()
    told = opened(PLUCK, night, least=1, applies=wrong)
    assert not told["applicable"].any()
    assert opened(PLUCK, day, least=1)["applicable"].all()


def test_weather_that_just_does_is_amber() -> None:
    cool = grades(PLUCK, _weather(t2m=8.0))
    assert (cool.green.isel(time=5) == NO).all()
    assert (cool.amber.isel(time=5) == YES).all()


def test_cells_ride_along_and_lazy_stays_lazy() -> None:
    cells = xr.DataArray(np.zeros(3, np.float32), dims="y")
    values = {name: (field + cells) for name, field in _weather().items()}
    eager = opened(PLUCK, grades(PLUCK, values), least=1)
    lazy_values = {name: field.chunk(y=1) for name, field in values.items()}
    lazy = opened(PLUCK, grades(PLUCK, lazy_values), least=1)
    assert lazy["probability"].chunks is not None
    xr.testing.assert_allclose(lazy.compute(), eager)
