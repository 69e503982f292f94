"""The completeness matrix and its words."""

import numpy as np
import pytest

from forecast.errors import SourceIncomplete
from forecast.ingest import Combination, FileReport, IngestReport
from forecast.ingest.report import missing_combinations, unmet


def cells(name: str, steps: list[float], members: tuple[int | None, ...] = (None,)) -> list:
    return [Combination(name, step, 2.0, "height", member) for step in steps for member in members]


def file(decoded: int, refused: tuple[str, ...] = (), unwanted: int = 0) -> FileReport:
    seen = decoded + len(refused) + unwanted
    return FileReport("run.grib", 1000, "00ff", seen, decoded, unwanted, refused)


def test_a_step_that_other_fields_have_is_missed() -> None:
    present = [*cells("2t", [0, 1, 2, 3]), *cells("2d", [0, 1, 3])]
    assert missing_combinations(present) == tuple(cells("2d", [2]))


def test_sums_are_not_missed_at_step_0_and_invariants_at_no_step() -> None:
    present = [*cells("2t", [0, 1, 2]), *cells("tp", [1, 2]), *cells("orog", [0])]
    assert missing_combinations(present) == ()


def test_a_coarser_spacing_at_longer_leads_is_no_gap_but_a_hole_in_it_is() -> None:
    hourly = cells("2t", [float(step) for step in range(25)])
    coarse = [*map(float, range(13)), 15.0, 18.0, 21.0, 24.0]
    assert missing_combinations([*hourly, *cells("pres", coarse)]) == ()
    early_end = missing_combinations([*hourly, *cells("pres", coarse[:-1])])
    assert early_end == tuple(cells("pres", [22, 23, 24]))


def test_members_are_expected_at_every_step_of_their_field() -> None:
    present = cells("2t", [0, 6], members=(0, 1, 2))
    present.remove(Combination("2t", 6, 2.0, "height", 1))
    assert missing_combinations(present) == (Combination("2t", 6, 2.0, "height", 1),)


def test_gusts_under_two_names_are_one_field_and_a_hole_in_either_is_told() -> None:
    whole = cells("2t", [0, 3, 6, 9, 12, 18, 24])
    gusts = [*cells("10fg3", [3, 6, 9, 12]), *cells("10fg", [18, 24])]
    assert missing_combinations([*whole, *gusts]) == ()
    assert missing_combinations([*whole, *gusts[:1], *gusts[2:]]) == tuple(cells("10fg3", [6]))


def test_runs_are_judged_apart() -> None:
    first = [Combination("2t", step, cycle="2025-04-10T00:00:00") for step in (0, 1, 2)]
    second = [Combination("2t", step, cycle="2025-04-10T12:00:00") for step in (0, 1)]
    assert missing_combinations(first + second) == ()


def test_an_expected_combination_matches_on_what_it_states() -> None:
    present = cells("2t", [0, 3], members=(0, 1))
    demands = [
        Combination("2t", 3),
        Combination("2t", 3, member=1),
        Combination("2t", 6),
        Combination("2t", 3, level=10.0),
        Combination("tp", 3),
    ]
    assert unmet(demands, present) == tuple(demands[2:])


def test_the_matrix_holds_what_is_present_by_parameter_step_and_member() -> None:
    report = IngestReport((file(3),), present=tuple(cells("2t", [0, 3]) + cells("2d", [0])))
    matrix = report.matrix()
    assert matrix.dims == ("parameter", "step_hours", "member")
    assert matrix["parameter"].values.tolist() == ["2d height 2", "2t height 2"]
    assert np.array_equal(matrix.values[:, :, 0], [[True, False], [True, True]])


def test_the_table_writes_runs_of_steps_as_ranges() -> None:
    present = tuple(cells("2t", [0, 1, 2, 3, 6, 9, 12, 20], members=(0, 1)))
    report = IngestReport((file(16),), present, missing=tuple(cells("2t", [15])))
    assert report.table() == [("2t height 2", "0-3 by 1, 6-12 by 3, 20", "2", "15")]


def test_the_summary_is_one_sentence_that_names_refusals_and_gaps() -> None:
    refused = ("message 2 (byte 55): it is damaged",)
    report = IngestReport(
        (file(3, refused, unwanted=4),),
        missing=tuple(cells("2t", [6])),
        duplicates=("2t +3 h in run.grib (identical)",),
    )
    assert report.summary() == (
        "3 of 8 messages read from 1 file; 4 not asked for;"
        " 1 refused (run.grib: message 2 (byte 55): it is damaged);"
        " 1 missing (2t height 2 +6 h); 1 twice (2t +3 h in run.grib (identical))."
    )
    with pytest.raises(SourceIncomplete, match="1 missing"):
        report.require_complete()


def test_a_report_without_refusals_and_gaps_is_complete() -> None:
    report = IngestReport((file(3),), present=tuple(cells("2t", [0, 3, 6])))
    report.require_complete()
    assert report.summary() == "3 of 3 messages read from 1 file."
