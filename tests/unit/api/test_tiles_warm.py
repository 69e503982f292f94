"""Maps of grades that are made before they are asked: the same, and nobody waits for them."""

from datetime import timedelta

import numpy as np
import pytest

from forecast.errors import SettingsError
from forecast.service.maps.warming import Warming
from tests.support.asking import Api
from tests.support.small_members import members_of, published_with
from tests.support.small_region import CYCLE, NAME, NOW, SmallRegion
from tests.support.tile_pixels import drawn, tile_at

TILE = tile_at(117.72, 39.45, 9)
DAY = "2025-04-11"
TEA = f"{NAME}:tea"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    published_with(made, members_of(made, count=12))
    return made


def counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The calls that grade cells from now on."""
    calls: list[object] = []
    real = api.service.grade_region
    monkeypatch.setattr(
        api.service, "grade_region", lambda *a, **k: calls.append(a) or real(*a, **k)
    )
    return calls


def rules(api: Api) -> list[str]:
    crops = {one["crop"]: one for one in api.get("/v1/layers").json()["advice"]}
    return [one["id"] for one in crops["tea.cuilan.yuexi"]["rules"]]


def test_all_maps_of_a_crop_are_ready_and_are_those_that_would_have_been_made(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm, cold = Api.over(region, warm_maps=(TEA,)), Api.over(region)
    assert warm.app.state.warming.round() >= 1
    calls = counted(warm, monkeypatch)
    names = rules(warm)
    assert len(names) >= 6
    for rule in names:
        address = f"/tiles/advice/tea/{rule}/{DAY}"
        seen = drawn(warm, address, TILE)
        assert seen[..., 3].max() > 0
        np.testing.assert_array_equal(seen, drawn(cold, address, TILE))
    assert calls == []


def test_what_is_ready_is_not_made_again_until_the_hour_turns(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api.over(region, warm_maps=(TEA,))
    calls = counted(api, monkeypatch)
    blocks = api.app.state.warming.round()
    assert len(calls) == blocks
    api.app.state.warming.round()
    assert len(calls) == blocks
    monkeypatch.setattr(api.service, "clock", lambda: NOW + timedelta(hours=1))
    api.app.state.warming.round()
    assert len(calls) == 2 * blocks


def test_what_one_has_waited_for_is_not_made_again(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api.over(region, warm_maps=(TEA,))
    drawn(api, f"/tiles/advice/tea/pluck/{DAY}", tile_at(117.72, 39.45, 7))
    asked = []
    real = api.service.grade_region
    monkeypatch.setattr(
        api.service, "grade_region", lambda q, **k: asked.append(q.rules) or real(q, **k)
    )
    api.app.state.warming.round()
    assert asked
    assert all("pluck" not in names and "frost.spring" in names for names in asked)


def test_nothing_is_made_ahead_from_an_expired_run(region: SmallRegion) -> None:
    api = Api.over(region, now=CYCLE + timedelta(hours=37), warm_maps=(TEA,))
    assert api.app.state.warming.round() == 0


def test_a_round_that_is_ended_stops_before_its_next_block(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api.over(region)
    warming = Warming(api.service, api.app.state.atlas.grades, [TEA])
    calls = counted(api, monkeypatch)
    warming.close()
    assert warming.round() == 0
    assert calls == []


@pytest.mark.parametrize("text", ["tea", f"{NAME}:", f"{NAME}:quinoa", "atlantis:tea", ":tea"])
def test_a_wrong_wish_stops_the_start_with_one_sentence(region: SmallRegion, text: str) -> None:
    with pytest.raises(SettingsError, match="warm_maps.*allowed is region:crop"):
        Api.over(region, warm_maps=(text,))
