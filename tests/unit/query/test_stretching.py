"""Members of a place get the spread of their errors: by span, in order, and consistent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.emos import Emos, LeadEmos
from forecast.query.stretching import stretched

VARIABLES = (
    "temperature_2m",
    "dew_point_2m",
    "relative_humidity_2m",
    "vapour_pressure_deficit",
    "wind_speed_10m",
    "wind_gust_10m",
    "precipitation",
)
LEADS = np.array([0.0, 24.0, 25.0])


def span(variable: str, *, shift: float = 0.0, stretch: float = 1.0, until: float = 24.0):
    emos = Emos(
        shift=shift, floor=0.0, stretch=stretch, crps_before=1, crps_after=1, pairs=9, days=30
    )
    return LeadEmos(variable=variable, after_h=0.0, until_h=until, emos=emos)


def weather(seed: int = 0, members: int = 12) -> np.ndarray:
    draw = np.random.default_rng(seed)
    warmth = draw.normal(15.0, 2.0, (members, LEADS.size))
    dew = warmth - draw.uniform(0.1, 8.0, warmth.shape)
    wind = draw.uniform(0.0, 4.0, warmth.shape)
    rest = [np.zeros_like(warmth)] * 2
    return np.stack([warmth, dew, *rest, wind, 1.5 * wind, wind], axis=1).astype(np.float32)


def test_without_coefficients_nothing_changes() -> None:
    values = weather()
    refused = LeadEmos(
        variable="temperature_2m", after_h=0.0, until_h=24.0, emos=None, refused="too few"
    )
    for found in ((), (refused,)):
        made = stretched(values, found, variables=VARIABLES, leads_h=LEADS)
        np.testing.assert_array_equal(made, values)
        assert made is not values


def test_only_the_leads_of_the_span_change_and_the_input_stays() -> None:
    values = weather()
    before = values.copy()
    made = stretched(
        values, [span("temperature_2m", shift=2.0)], variables=VARIABLES, leads_h=LEADS
    )
    np.testing.assert_array_equal(values, before)
    np.testing.assert_allclose(made[:, 0, :2], values[:, 0, :2] + 2.0, rtol=1e-6)
    np.testing.assert_array_equal(made[:, :, 2], values[:, :, 2])
    np.testing.assert_array_equal(made[:, 6], values[:, 6])


def test_humidity_follows_its_member() -> None:
    values = weather(members=2)
    values[:, :2] = np.array([[[20.0], [10.0]], [[20.0], [10.0]]])
    made = stretched(
        values, [span("temperature_2m", shift=5.0)], variables=VARIABLES, leads_h=LEADS
    )
    # e_s(10) = 12.26 hPa, e_s(25) = 31.61 hPa (WMO-No. 8 tables: 12.27 and 31.67)
    np.testing.assert_allclose(made[:, 2, 0], 38.8, atol=0.1)
    np.testing.assert_allclose(made[:, 3, 0], 1.935, atol=0.01)


@given(shift=st.floats(-5.0, 5.0), stretch=st.floats(0.2, 4.0), seed=st.integers(0, 50))
def test_order_within_a_variable_never_turns_and_limits_hold(
    shift: float, stretch: float, seed: int
) -> None:
    values = weather(seed)
    names = ("temperature_2m", "dew_point_2m", "wind_speed_10m")
    found = [span(name, shift=shift, stretch=stretch) for name in names]
    made = stretched(values, found, variables=VARIABLES, leads_h=LEADS)
    for place in (0, 4):
        order = np.argsort(values[:, place], axis=0)
        assert (np.diff(np.take_along_axis(made[:, place], order, axis=0), axis=0) >= 0.0).all()
    assert (made[:, 1] <= made[:, 0]).all()
    assert (made[:, 4] >= 0.0).all()
    assert (made[:, 5] >= made[:, 4]).all()


def test_a_missing_member_stays_missing_and_the_others_do_without_it() -> None:
    values = weather()
    values[3, 1] = np.nan
    made = stretched(
        values, [span("dew_point_2m", shift=-1.0, stretch=2.0)], variables=VARIABLES, leads_h=LEADS
    )
    assert np.isnan(made[3, 1]).all()
    others = np.delete(np.arange(12), 3)
    mean = values[others, 1, 0].mean()
    wanted = mean - 1.0 + 2.0 * (values[others, 1, 0] - mean)
    np.testing.assert_allclose(
        made[others, 1, 0], np.minimum(wanted, made[others, 0, 0]), rtol=1e-5
    )


def test_a_variable_that_the_members_lack_is_passed_over() -> None:
    values = weather()[:, :1]
    made = stretched(
        values,
        [span("wind_speed_10m", shift=1.0), span("temperature_2m", shift=1.0)],
        variables=("temperature_2m",),
        leads_h=LEADS,
    )
    assert made[0, 0, 0] == pytest.approx(values[0, 0, 0] + 1.0, rel=1e-6)
