"""Delta-T of sprayers: the psychrometric table of the reference."""

import pytest

from forecast.meteorology import delta_t, dew_point


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        (10.0, 20.0, 7.4),
        (10.0, 50.0, 4.4),
        (10.0, 80.0, 1.7),
        (20.0, 20.0, 10.6),
        (20.0, 50.0, 6.2),
        (20.0, 80.0, 2.3),
        (25.0, 40.0, 8.7),
        (30.0, 20.0, 14.2),
        (30.0, 50.0, 7.9),
        (30.0, 80.0, 2.9),
        (35.0, 40.0, 11.0),
        (40.0, 20.0, 17.8),
    ],
)
def test_delta_t_at_sea_level_is_the_table_of_the_reference(
    temperature: float, humidity: float, expected: float
) -> None:
    """Project reference on agronomy, § 2.3: ventilated psychrometer at 1013.25 hPa."""
    dew = dew_point(temperature, humidity)
    assert delta_t(temperature, dew, pressure=1013.25) == pytest.approx(expected, abs=0.06)


def test_delta_t_is_larger_where_the_air_is_thin() -> None:
    """25 degC and 50 %: 7.1 K at 1013.25 hPa, 7.3 K at 900 hPa (the same table)."""
    dew = dew_point(25.0, 50.0)
    assert delta_t(25.0, dew, pressure=1013.25) == pytest.approx(7.1, abs=0.06)
    assert delta_t(25.0, dew, pressure=900.0) == pytest.approx(7.3, abs=0.06)
