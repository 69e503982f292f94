"""The algebra of running sums: what records determine, and nothing beyond."""

import pytest

from forecast.errors import NormaliseError
from forecast.normalise.intervals import partition


def spans(records):
    return [(i.start, i.end) for i in partition(records, name="rain").intervals]


def test_bucket_that_grows_gives_hourly_intervals():
    assert spans([(0, 1), (0, 2), (0, 3)]) == [(0, 1), (1, 2), (2, 3)]


def test_bucket_that_restarts_is_not_differenced_over_the_restart():
    found = partition([(0, 5), (0, 6), (6, 7)], name="rain").intervals
    assert [(i.start, i.end) for i in found] == [(0, 5), (5, 6), (6, 7)]
    assert found[2].terms == ((2, 1),)


def test_lost_end_of_a_bucket_leaves_a_gap_before_the_restart():
    assert spans([(0, 4), (0, 5), (6, 7)]) == [(0, 4), (4, 5), (6, 7)]


def test_sum_since_start_closes_the_gap_that_a_lost_bucket_leaves():
    records = [(0, 5), (6, 7), (0, 7)]
    found = partition(records, name="rain").intervals
    assert [(i.start, i.end) for i in found] == [(0, 5), (5, 6), (6, 7)]
    assert dict(found[1].terms) == {0: -1, 1: -1, 2: 1}


def test_missing_step_inside_a_running_sum_gives_one_longer_interval():
    assert spans([(0, 3), (0, 9)]) == [(0, 3), (3, 9)]


def test_run_total_beside_buckets_is_a_check_and_not_a_source():
    found = partition([(0, 6), (6, 12), (0, 12)], name="rain")
    assert [(index, dict(i.terms)) for index, i in found.checks] == [(2, {0: 1, 1: 1})]


def test_windows_that_overlap_without_common_bound_are_refused():
    with pytest.raises(NormaliseError, match="rain: the steps give intervals that overlap"):
        partition([(0, 24), (3, 27)], name="rain")
