"""Sources: steps, streams, orders and what a complete cycle holds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from forecast.errors import InvalidRequest, UnknownName
from forecast.ingest import sources
from forecast.ingest.sources import Order, expected, load_source

MIDNIGHT = datetime(2026, 9, 1, 0, tzinfo=UTC)
EVENING = datetime(2026, 9, 1, 18, tzinfo=UTC)


def test_the_live_sources_are_three_single_forecasts_and_three_ensembles() -> None:
    single = ("ecmwf-aifs", "ecmwf-ifs", "noaa-gfs")
    members = {"ecmwf-aifs-ens": 51, "ecmwf-ifs-ens": 50, "noaa-gefs": 31}
    assert sources.available_sources() == tuple(sorted((*single, *members)))
    counts = {name: len(load_source(name).all_members()) for name in members}
    assert counts == members
    assert all(load_source(name).all_members() == (None,) for name in single)


def test_members_that_lie_in_files_of_their_own_are_pieces_of_a_step() -> None:
    gefs = load_source("noaa-gefs").pieces(6, load_source("noaa-gefs").all_members())
    assert [piece.part for piece in gefs] == ["c00", *(f"p{n:02d}" for n in range(1, 31))]
    assert [piece.first for piece in gefs] == [True] + [False] * 30
    assert gefs[7].stem == "f006.p07"
    order = Order(source=load_source("noaa-gefs"), cycle=MIDNIGHT, hours=6, members=(3, 0))
    assert [str(piece) for piece in order.pieces[:2]] == ["step 0 h of c00", "step 0 h of p03"]


def test_an_unknown_source_names_the_near_one() -> None:
    with pytest.raises(UnknownName, match="did you mean ecmwf-ifs"):
        load_source("ecmwf-ifz")


@pytest.mark.parametrize("name", sources.available_sources())
def test_every_source_says_whose_the_data_are(name: str) -> None:
    source = load_source(name)
    assert source.licence
    assert source.attribution
    assert all(base.startswith("https://") for base in source.bases)


@pytest.mark.parametrize(
    ("name", "cycle", "count", "last", "seam"),
    [
        ("ecmwf-ifs", MIDNIGHT, 49 + 36, 360, (144, 150)),
        ("ecmwf-ifs", EVENING, 49, 144, (141, 144)),
        ("ecmwf-ifs-ens", MIDNIGHT, 49 + 36, 360, (144, 150)),
        ("ecmwf-aifs", EVENING, 61, 360, (354, 360)),
        ("ecmwf-aifs-ens", EVENING, 61, 360, (354, 360)),
        ("noaa-gfs", EVENING, 121 + 88, 384, (120, 123)),
        ("noaa-gefs", EVENING, 81, 240, (237, 240)),
    ],
)
def test_a_cycle_has_the_steps_that_its_centre_publishes(
    name: str, cycle: datetime, count: int, last: int, seam: tuple[int, int]
) -> None:
    steps = load_source(name).all_steps(cycle)
    assert (len(steps), steps[0], steps[-1]) == (count, 0, last)
    assert steps[steps.index(seam[0]) + 1] == seam[1]


def test_the_reach_is_that_of_the_longest_cycle() -> None:
    reaches = [load_source(name).reach for name in sources.available_sources()]
    assert reaches == [360, 360, 360, 360, 240, 384]


def test_hours_between_two_steps_are_covered_by_the_later_one() -> None:
    assert load_source("ecmwf-ifs").steps(MIDNIGHT, 145)[-2:] == (144, 150)
    assert load_source("ecmwf-aifs").steps(MIDNIGHT, 7) == (0, 6, 12)


def test_a_cycle_that_does_not_reach_so_far_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="allowed are 1 to 144 hours"):
        load_source("ecmwf-ifs").steps(EVENING, 150)


def test_an_hour_at_which_the_model_does_not_start_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="it starts at 00, 06, 12, 18 UTC"):
        load_source("noaa-gfs").all_steps(MIDNIGHT + timedelta(hours=3))


def test_a_cycle_in_another_zone_is_the_same_cycle() -> None:
    china = datetime(2026, 9, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    order = Order(source=load_source("ecmwf-ifs"), cycle=china, hours=6)
    assert order.cycle == MIDNIGHT
    assert order.source.file_path(order.cycle, 6).startswith("20260901/00z/")


def test_members_are_refused_where_the_source_has_none() -> None:
    with pytest.raises(InvalidRequest, match="single forecast"):
        Order(source=load_source("noaa-gfs"), cycle=MIDNIGHT, hours=6, members=(1,))
    with pytest.raises(InvalidRequest, match="allowed are 0 to 50"):
        Order(source=load_source("ecmwf-ifs-ens"), cycle=MIDNIGHT, hours=6, members=(51,))


def test_sums_begin_after_step_0() -> None:
    order = Order(source=load_source("ecmwf-ifs"), cycle=MIDNIGHT, hours=6)
    wanted = {(entry.short_name, entry.step_hours) for entry in expected(order)}
    assert ("tp", 0) not in wanted
    assert {("tp", 3), ("tp", 6), ("2t", 0)} <= wanted


def test_static_fields_are_read_at_step_0_only() -> None:
    surface = next(p for p in load_source("ecmwf-ifs").parameters if p.name == "z")
    assert [surface.holds_at(step) for step in (0, 3)] == [True, False]


def test_every_member_is_expected_of_an_ensemble() -> None:
    order = Order(source=load_source("ecmwf-ifs-ens"), cycle=MIDNIGHT, hours=3)
    wanted = [e.member for e in expected(order) if (e.short_name, e.step_hours) == ("2t", 3)]
    assert wanted == list(range(1, 51))


def test_a_late_step_is_due_between_the_usual_first_and_last_arrival() -> None:
    source = load_source("ecmwf-ifs")
    assert source.usual_arrival(MIDNIGHT, 0) == MIDNIGHT + timedelta(hours=6.75)
    assert source.usual_arrival(MIDNIGHT, 360) == MIDNIGHT + timedelta(hours=8)
