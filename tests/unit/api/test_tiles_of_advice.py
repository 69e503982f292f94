"""`/tiles/advice/…` and the layers of advice: the states that a region's map has, cell by cell."""

from datetime import timedelta

import numpy as np
import pytest

from forecast.service.advice.region import ask_region
from tests.support.asking import Api
from tests.support.small_members import members_of, published_with
from tests.support.small_region import CYCLE, NAME, SmallRegion
from tests.support.tile_pixels import drawn, every, tile_at

FROST = "/tiles/advice/tea/frost.spring/2025-04-10"
PLUCK = "/tiles/advice/tea/pluck/2025-04-11"
TILES = [tile_at(117.72, 39.45, zoom) for zoom in (8, 10, 12)]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    published_with(made, members_of(made, count=12))
    return made


@pytest.fixture(scope="module")
def api(region: SmallRegion) -> Api:
    return Api.over(region)


def signs(api: Api, rule: str) -> dict[int, dict[str, object]]:
    """Legend of a rule by code."""
    crops = {one["crop"]: one for one in api.get("/v1/layers").json()["advice"]}
    (told,) = [one for one in crops["tea.cuilan.yuexi"]["rules"] if one["id"] == rule]
    return {one["code"]: one for one in told["legend"]}


def states(api: Api, rule: str, day: str) -> np.ndarray:
    """Codes [row, column] of the map of the whole region."""
    question = ask_region(api.service, region=NAME, crop="tea", rules=rule)
    maps = api.service.grade_region(question).maps
    (field,) = [one for one in maps.data_vars.values() if "flag_values" in one.attrs]
    return field.sel(day=day).values


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize("address", [FROST, PLUCK])
def test_each_pixel_shows_the_state_of_its_cell(
    api: Api, address: str, tile: tuple[int, int, int]
) -> None:
    rule, day = address.split("/")[-2:]
    seen, codes, legend = drawn(api, address, tile), states(api, rule, day), signs(api, rule)
    for row, column, longitude, latitude in every(5, tile):
        cell = int(np.floor((latitude - 39.35) / 0.01)), int(np.floor((longitude - 117.6) / 0.01))
        if not (0 <= cell[0] < 20 and 0 <= cell[1] < 24):
            assert seen[row, column, 3] == 0
            continue
        code = int(codes[cell])
        if code == -1:
            # not known: what lies below is seen between grey dots
            assert tuple(seen[row, column]) in {(0, 0, 0, 0), (120, 120, 120, 255)}
            continue
        colour = np.frombuffer(bytes.fromhex(str(legend[code]["colour"])[1:]), np.uint8)
        ink = np.rint(0.55 * colour.astype(float))
        shown = seen[row, column, :3].astype(float)
        assert seen[row, column, 3] == 255
        assert (shown == colour).all() or (abs(shown - ink) <= 1).all()


def test_states_differ_in_pattern_too(api: Api) -> None:
    legend = signs(api, "frost.spring")
    patterns = [one["pattern"] for code, one in legend.items() if code >= 0]
    assert len(set(patterns)) == len(patterns)
    lights = [one["pattern"] for code, one in signs(api, "pluck").items() if code >= 0]
    assert lights == ["cross", "lines", "plain"]


def test_the_days_of_the_layers_are_those_that_are_drawn(api: Api) -> None:
    (crop,) = [
        one for one in api.get("/v1/layers").json()["advice"] if one["crop"] == "tea.cuilan.yuexi"
    ]
    assert crop["days"][NAME] == ["2025-04-10", "2025-04-11", "2025-04-12"]
    z, x, y = TILES[1]
    answer = api.get(f"/tiles/advice/tea/pluck/2025-04-13/{z}/{x}/{y}.png")
    assert answer.status_code == 400
    assert "allowed are 2025-04-10 to 2025-04-12" in answer.json()["detail"]


def test_work_is_done_once_for_a_block(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    real = api.service.grade_region
    monkeypatch.setattr(
        api.service, "grade_region", lambda *a, **k: calls.append(a) or real(*a, **k)
    )
    address = "/tiles/advice/tea/spray_ground/2025-04-11"
    first = drawn(api, address, TILES[1])
    blocks = len(calls)
    assert blocks >= 1
    np.testing.assert_array_equal(drawn(api, address, TILES[1]), first)
    drawn(api, address.replace("04-11", "04-12"), TILES[1])
    assert len(calls) == blocks
    drawn(api, address, TILES[1], stage="plucking")
    assert len(calls) == 2 * blocks


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("quinoa/frost/2025-04-10", 404, "crop 'quinoa' was asked"),
        ("tea/frost/2025-04-10", 404, "rule 'frost' was asked"),
        ("tea/frost.spring,pluck/2025-04-10", 400, "allowed on a map is one rule"),
        ("tea/pluck/tomorrow", 400, "day 'tomorrow' was asked; allowed are 2025-04-10"),
    ],
)
def test_each_fault_is_a_problem_in_one_sentence(
    api: Api, path: str, status: int, sentence: str
) -> None:
    z, x, y = TILES[1]
    answer = api.get(f"/tiles/advice/{path}/{z}/{x}/{y}.png")
    assert answer.status_code == status, answer.text
    assert sentence in answer.json()["detail"]


def test_an_expired_cycle_has_no_map_of_advice(region: SmallRegion) -> None:
    late = Api.over(region, now=CYCLE + timedelta(hours=37))
    z, x, y = TILES[1]
    answer = late.get(f"{FROST}/{z}/{x}/{y}.png")
    assert answer.status_code == 503
    assert "nothing is advised from it" in answer.json()["detail"]
    assert late.get(f"{FROST}/11/5/5.png").status_code == 200


def test_a_tile_that_waits_too_long_says_so(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecast.api.tiles.WAIT_S", 0.0)
    z, x, y = TILES[1]
    answer = Api.over(region).get(f"{FROST}/{z}/{x}/{y}.png")
    assert answer.status_code == 504
    assert "still being worked out: ask again" in answer.json()["detail"]
