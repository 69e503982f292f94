"""Corrections in an answer: the passport's sentence and, where asked, K hour by hour."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from forecast.query.seamless import NO_RUN
from forecast.service.calendar import Case
from forecast.service.calibration import UNCORRECTED, Calibration, calibration_of
from forecast.service.columns import Column, of_number
from forecast.service.served import CycleFacts

DECIMALS: Final = 2


def correction_passport(facts: CycleFacts, case: Case, *, hours: slice) -> Mapping[str, Any]:
    """Whether and by how much the answered hours of the newest cycle were corrected.

    Args:
        facts: of the cycle.
        case: the question with its record.
        hours: of the record that are answered.
    """
    if facts.calibration is None:
        return UNCORRECTED
    steps = np.arange(hours.start, hours.stop) - case.record.past
    row, column = case.choice.row, case.choice.column
    return facts.calibration.passport(row=row, column=column, steps=steps[steps >= 0])


def correction_columns(
    facts: CycleFacts, case: Case, *, names: tuple[str, ...], hours: slice
) -> tuple[Column, ...]:
    """What was added to each corrected variable, K: `temperature_2m_correction`.

    Hours that are past carry the correction of the cycle they come from.

    Args:
        facts: of the newest cycle.
        case: the question with its record.
        names: hourly variables of the answer.
        hours: of the record that are answered.

    Raises:
        DamagedCycle: the correction of a cycle is gone or changed.
    """
    if not case.question.corrections:
        return ()
    found: dict[str, np.ndarray] = {}
    for run, calibration in enumerate(_calibrations(facts, case)):
        if calibration is None:
            continue
        for name in calibration.variables:
            if name in names:
                row = found.setdefault(name, np.zeros(len(case.record.times)))
                _fill(row, case, run=run, added=(name, calibration))
    return tuple(
        of_number(f"{name}_correction", found[name][hours], units="K", decimals=DECIMALS)
        for name in names
        if name in found
    )


def _calibrations(facts: CycleFacts, case: Case) -> list[Calibration | None]:
    """The correction of each cycle of an answer, the newest first."""
    timeline = case.record.timeline
    if timeline is None:
        return [facts.calibration]
    earlier = [timeline.past.cycles[name] for name in timeline.joined.runs[1:]]
    return [facts.calibration, *map(calibration_of, earlier)]


def _fill(row: np.ndarray, case: Case, *, run: int, added: tuple[str, Calibration]) -> None:
    """Put what one cycle added where the hours are its own; NaN where no cycle has the hour."""
    name, calibration = added
    own = calibration.at(name, row=case.choice.row, column=case.choice.column)
    timeline = case.record.timeline
    if timeline is None:
        row[:] = own
        return
    place = case.record.cycle.variables.index(name)
    joined = timeline.joined
    mine = joined.run[place] == run
    row[mine] = own[joined.step[place][mine]]
    row[joined.run[place] == NO_RUN] = np.nan
