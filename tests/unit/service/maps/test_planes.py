"""Fields of an hour: a cell holds what an answer at it holds, of the run and of its members."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from forecast.api.state import service_from
from forecast.emos import Emos, LeadEmos
from forecast.errors import InvalidRequest, UnknownName
from forecast.query.ensemble import quantiles
from forecast.query.stretching import stretched
from forecast.service import ForecastService, ask
from forecast.service.maps import quantiles as of_members
from forecast.service.maps.planes import Planes, drawable, offered
from forecast.service.maps.quantiles import LEVELS, OFFERED
from forecast.settings import Settings
from forecast.variables import FILL, pack
from tests.support.small_members import members_of, published_with
from tests.support.small_region import NOW, SmallRegion

CELLS = ((0, 0), (7, 13), (19, 23))
STEP = 9


def served(region: SmallRegion) -> ForecastService:
    return service_from(Settings(store=region.root, regions=(str(region.file),), now=NOW))


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    published_with(made, members_of(made, count=12))
    return made


@pytest.fixture(scope="module")
def service(region: SmallRegion) -> ForecastService:
    return served(region)


def answered(service: ForecastService, cell: tuple[int, int], *names: str) -> dict[str, int]:
    """Packed counts at a cell and an hour, of variables and their quantiles."""
    place = {"latitude": 39.355 + 0.01 * cell[0], "longitude": 117.605 + 0.01 * cell[1]}
    asked = {**place, "cell": "nearest", "hourly": ",".join(names), "quantiles": "10,50,90"}
    series = service.series(ask(service, **asked))
    hour = series.times().index("2025-04-10T09:00:00Z")
    counts = dict(zip(series.names, series.counts[:, hour].tolist(), strict=True))
    return counts | {one.name: int(one.counts[hour]) for one in series.columns}


def test_a_plane_holds_what_is_answered_at_each_cell(service: ForecastService) -> None:
    facts, planes = service.served[0].current(), Planes()
    names = ("temperature_2m", "precipitation", "wet_bulb_2m", "delta_t")
    assert set(names) <= set(drawable(facts.cycle))
    for cell in CELLS:
        told = answered(service, cell, *names)
        for name in names:
            assert planes.values(facts, name, step=STEP)[cell] == told[name]


def test_a_quantile_holds_what_is_answered_at_each_cell(service: ForecastService) -> None:
    facts, planes = service.served[0].current(), Planes()
    assert offered(facts) == OFFERED
    for cell in CELLS:
        told = answered(service, cell, *OFFERED)
        for name in OFFERED:
            for level in LEVELS:
                found = planes.quantile(facts, name, step=STEP, level=level)[cell]
                assert found == told[f"{name}_p{level}"], (name, level)


def test_members_are_stretched_as_at_a_place(service: ForecastService) -> None:
    facts = service.served[0].current()
    emos = Emos(
        shift=0.7, floor=1.5, stretch=1.2, crps_before=1.0, crps_after=0.8, pairs=900, days=30
    )
    spans = (LeadEmos(variable="temperature_2m", after_h=0.0, until_h=None, emos=emos),)
    told = replace(facts, calibration=SimpleNamespace(members=spans))
    counts = of_members.quantile_counts(told, OFFERED, step=STEP)
    members = facts.members.get()
    for row, column in CELLS:
        own = stretched(
            members.at(row, column),
            spans,
            variables=members.variables,
            leads_h=np.arange(members.times.size, dtype=float),
        )[:, members.variables.index("temperature_2m"), STEP]
        wanted = pack(quantiles(np.round(own, 1), [0.1, 0.5, 0.9]), "temperature_2m")
        np.testing.assert_array_equal(counts[0, :, row, column], wanted)


def test_bands_of_rows_give_the_same(
    service: ForecastService, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = service.served[0].current()
    whole = of_members.quantile_counts(facts, OFFERED, step=STEP)
    monkeypatch.setattr(of_members, "BAND_BYTES", 40_000)
    np.testing.assert_array_equal(of_members.quantile_counts(facts, OFFERED, step=STEP), whole)


def test_quantiles_of_an_hour_are_worked_out_once_for_all_levels_and_variables(
    service: ForecastService, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, planes, calls = service.served[0].current(), Planes(), []
    real = of_members.quantile_counts
    monkeypatch.setattr(
        "forecast.service.maps.planes.quantile_counts",
        lambda *a, **k: calls.append(k["step"]) or real(*a, **k),
    )
    for name in OFFERED:
        for level in LEVELS:
            planes.quantile(facts, name, step=STEP, level=level)
    planes.quantile(facts, OFFERED[0], step=STEP + 1, level=50)
    assert calls == [STEP, STEP + 1]


def test_hours_that_members_do_not_have_are_missing(tmp_path) -> None:
    made = SmallRegion.create(tmp_path)
    published_with(made, members_of(made, count=12).isel(time=slice(0, 25)))
    facts = served(made).served[0].current()
    assert (Planes().quantile(facts, "temperature_2m", step=24, level=90) != FILL).all()
    assert (Planes().quantile(facts, "temperature_2m", step=25, level=90) == FILL).all()


def test_what_cannot_be_given_is_refused(service: ForecastService, tmp_path) -> None:
    facts = service.served[0].current()
    with pytest.raises(UnknownName, match=r"cycle .* has those of temperature_2m, precip"):
        Planes().quantile(facts, "surface_pressure", step=STEP, level=50)
    with pytest.raises(UnknownName, match=r"variable 'pressure_msl' was asked; cycle .* has temp"):
        Planes().values(facts, "pressure_msl", step=STEP)
    single = SmallRegion.create(tmp_path)
    single.publish()
    with pytest.raises(InvalidRequest, match=r"is one forecast"):
        Planes().quantile(served(single).served[0].current(), "temperature_2m", step=STEP, level=50)
