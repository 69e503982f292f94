"""A height that is asked for is answered by the same downscaling, from the same cycle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import StoreMissing
from forecast.service import ForecastService, ask
from tests.support.small_native import VARIABLES, downscaled_counts, native_fields
from tests.support.small_region import SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}


@pytest.fixture(scope="module")
def downscaled(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    folder: Path = tmp_path_factory.mktemp("heights")
    region = SmallRegion.create(folder, hours=24, variables=VARIABLES)
    native = native_fields(region)
    region.publish(packed=downscaled_counts(region, native), native=native)
    return region


def test_at_its_own_height_a_cell_gives_the_published_numbers(
    downscaled: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(downscaled)
    for row, column in ((3, 5), (0, 0), (19, 10), (12, 19)):
        grid = downscaled.region.grid
        here = {"latitude": grid.latitudes[row], "longitude": grid.longitudes[column]}
        height = float(downscaled.terrain["elevation"][row, column])
        published = service.series(ask(service, **here))
        lifted = service.series(ask(service, **here, elevation=height))
        difference = np.abs(lifted.counts.astype(int) - published.counts.astype(int))
        assert difference.max() <= 1, dict(zip(VARIABLES, difference.max(axis=1), strict=True))
        assert lifted.passport["mean_temperature_correction_k"] is None


def test_higher_is_colder_and_thinner_and_named_so(
    downscaled: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(downscaled)
    own = service.series(ask(service, **HERE))
    high = service.series(ask(service, **HERE, elevation=own.passport["cell"]["elevation_m"] + 90))
    names = list(own.names)
    colder = (high.values() - own.values())[names.index("temperature_2m")]
    # the model's own gradient here is 6.5 K a km
    assert colder.mean() == pytest.approx(-0.0065 * 90, abs=0.15)
    thinner = (high.values() - own.values())[names.index("surface_pressure")]
    assert thinner.mean() == pytest.approx(-1010 * 90 / 8000, rel=0.1)
    passport = high.passport
    assert passport["asked"]["elevation_m"] == passport["elevation_used_m"]
    assert passport["height_difference_m"] == pytest.approx(passport["elevation_used_m"] - 40)


def test_many_heights_are_worked_out_together_and_in_their_order(
    downscaled: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(downscaled)
    questions = [
        ask(service, **HERE, elevation=200.0),
        ask(service, **HERE),
        ask(service, **HERE, elevation=100.0),
    ]
    together = service.many(questions)
    for question, series in zip(questions, together, strict=True):
        np.testing.assert_array_equal(series.counts, service.series(question).counts)


def test_a_cycle_is_prepared_once_for_all_heights(
    downscaled: SmallRegion,
    serve: Callable[..., ForecastService],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = serve(downscaled)
    service.series(ask(service, **HERE, elevation=100.0))

    def prepared(*_: object, **__: object) -> None:
        raise AssertionError("the cycle was prepared again")

    monkeypatch.setattr("forecast.downscale.prepare", prepared)
    low, high = (service.series(ask(service, **HERE, elevation=z)) for z in (100.0, 300.0))
    assert (high.counts[0] < low.counts[0]).all()


def test_days_are_those_of_the_height(
    downscaled: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    service = serve(downscaled)
    asked = {**HERE, "daily": "temperature_2m_min", "day": "08:00"}
    own = service.series(ask(service, **asked)).daily["temperature_2m_min"]
    high = service.series(ask(service, **asked, elevation=260.0)).daily["temperature_2m_min"]
    assert [a > b for a, b in zip(own, high, strict=True) if a is not None] == [True]


def test_a_cycle_without_model_fields_refuses_heights(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    service = serve(region)
    with pytest.raises(StoreMissing, match="native"):
        service.series(ask(service, **HERE, elevation=100.0))
