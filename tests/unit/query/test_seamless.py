"""One series out of runs made by hand: which run gives each hour, and how big each jump is."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.query.seamless import NO_RUN, Run, alike, join
from forecast.variables import FILL

DAY = np.datetime64("2025-04-10T00", "ns")
INSTANT, SUM = 0, 1
"""The two variables of every run: one at an instant, one over the hour before."""


def hour(number: float) -> np.datetime64:
    return DAY + np.timedelta64(round(number * 60), "m")


def made(start: int, hours: int, *, gaps: Sequence[int] = (), read: list | None = None) -> Run:
    """A run whose instants are 1000 + start and whose sums are start, none at its own start.

    Args:
        start: hour after `DAY` at which it starts.
        hours: its last lead.
        gaps: leads without any value.
        read: notes the start when the numbers are asked for.
    """
    counts = np.stack([np.full(hours + 1, 1000 + start), np.full(hours + 1, start)])
    counts[SUM, 0] = FILL
    counts[:, list(gaps)] = FILL
    flags = np.zeros(counts.shape, dtype=np.uint8)
    flags[:, list(gaps)] = 2

    def give() -> np.ndarray:
        if read is not None:
            read.append(start)
        return counts.astype(np.int16)

    times = hour(start) + np.arange(hours + 1) * np.timedelta64(1, "h")
    return Run(name=f"run {start}", times=times, flags=flags, read=give)


def test_each_hour_comes_from_the_newest_run_that_had_started() -> None:
    series = join(made(12, 3), [made(6, 24), made(0, 24)], begin=hour(0))
    assert series.times[0] == hour(1)
    assert series.past == 11
    assert series.counts[INSTANT].tolist() == [1000] * 5 + [1006] * 6 + [1012] * 4
    # a sum has no value at the start of its run: the run before gives that hour
    assert series.counts[SUM].tolist() == [0] * 6 + [6] * 6 + [12] * 3
    assert series.runs == ("run 12", "run 6", "run 0")
    assert series.step[SUM, 5] == 6
    assert series.step[INSTANT, 5] == 0


def test_runs_are_read_only_as_far_as_there_is_an_hour_to_fill() -> None:
    read: list[int] = []
    archive = [made(start, 48, read=read) for start in (18, 12, 6, 0, -6, -12)]
    join(made(24, 3, read=read), archive, begin=hour(9))
    assert read == [24, 18, 12, 6]


def test_a_gap_is_left_to_the_run_before_and_no_deeper_than_three() -> None:
    newest, gap = made(12, 3), [1, 2]
    archive = [made(6, 24, gaps=gap), made(0, 24, gaps=[7]), made(-6, 24), made(-12, 24)]
    series = join(newest, archive, begin=hour(6))
    assert series.counts[INSTANT, :2].tolist() == [1000 - 6, 1000]
    deep = [made(6, 24, gaps=[1]), made(0, 24, gaps=[7]), made(-6, 24, gaps=[13]), made(-12, 24)]
    missing = join(newest, deep, begin=hour(6))
    assert missing.counts[INSTANT, 0] == FILL
    assert missing.run[INSTANT, 0] == NO_RUN
    assert missing.flags[INSTANT, 0] == 2


def test_hours_that_no_run_has_are_missing_and_never_filled_from_beside() -> None:
    series = join(made(12, 3), [made(0, 4)], begin=hour(-2))
    assert series.counts[INSTANT].tolist() == [FILL] + [1000] * 5 + [FILL] * 7 + [1012] * 4
    assert series.stretches(INSTANT) == [(0, NO_RUN), (1, 1), (6, NO_RUN), (13, 0)]


def test_the_newest_run_keeps_its_own_gaps() -> None:
    series = join(made(6, 5, gaps=[3]), [made(0, 24)], begin=hour(5))
    assert series.counts[INSTANT].tolist() == [1000, 1006, 1006, 1006, FILL, 1006, 1006][1:]


def test_the_jump_at_a_seam_is_between_two_runs_at_one_hour() -> None:
    series = join(made(12, 3), [made(6, 24), made(0, 24)], begin=hour(0))
    assert series.seams(INSTANT) == [(5, 6), (11, 6)]
    assert series.seams(SUM) == [(6, 6), (12, 6)]
    # the run of hour 0 ends at hour 4: what it would have said at hour 6 is not known
    apart = join(made(6, 3), [made(0, 4)], begin=hour(0))
    assert apart.seams(INSTANT) == [(4, None), (5, None)]
    ended = join(made(6, 3), [made(0, 5)], begin=hour(0))
    assert ended.seams(INSTANT) == [(5, None)]


def test_variables_with_the_same_origin_stand_together() -> None:
    series = join(made(12, 3), [made(6, 24)], begin=hour(6))
    assert alike(series, [INSTANT, SUM]) == [[INSTANT], [SUM]]
    same = join(made(12, 3), [], begin=hour(12))
    assert alike(same, [SUM, INSTANT]) == [[SUM], [INSTANT]]


def test_a_beginning_inside_the_newest_run_changes_nothing() -> None:
    newest = made(0, 6)
    for begin in (hour(0), hour(3)):
        series = join(newest, [], begin=begin)
        np.testing.assert_array_equal(series.times, newest.times)
        np.testing.assert_array_equal(series.counts, newest.read())


@pytest.mark.parametrize(("begin", "first"), [(0, 1), (0.5, 1), (1, 2), (-0.25, 0)])
def test_the_series_holds_the_hours_after_its_beginning(begin: float, first: int) -> None:
    # zones off by half an hour begin their days between two hours
    series = join(made(4, 2), [], begin=hour(begin))
    assert series.times[0] == hour(first)
    assert np.all(np.diff(series.times) == np.timedelta64(1, "h"))


@given(
    starts=st.lists(st.integers(-20, 19), unique=True, max_size=8),
    lengths=st.lists(st.integers(1, 30), min_size=8, max_size=8),
    begin=st.integers(-15, 19),
)
def test_every_number_is_that_of_the_run_and_step_that_are_named(
    starts: list[int], lengths: list[int], begin: int
) -> None:
    newest = made(20, 3)
    archive = [
        made(start, length) for start, length in zip(sorted(starts)[::-1], lengths, strict=False)
    ]
    runs = {run.name: run for run in (newest, *archive)}
    series = join(newest, archive, begin=hour(begin))
    for place, at in np.ndindex(series.counts.shape):
        if series.run[place, at] == NO_RUN:
            assert series.counts[place, at] == FILL
            continue
        run = runs[series.runs[series.run[place, at]]]
        step = series.step[place, at]
        assert run.times[step] == series.times[at]
        assert run.read()[place, step] == series.counts[place, at]
        later = [one for one in archive if one.times[0] > run.times[0]]
        for one in later:
            assert np.all(one.read()[place][one.times == series.times[at]] == FILL)
