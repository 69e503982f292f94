"""Quantiles of temperature where members are too few: from the error that stations have told."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from forecast.service.calendar import Case
from forecast.service.chances import quantile_name
from forecast.service.columns import Column, of_variable
from forecast.service.served import CycleFacts
from forecast.service.told_error import DEFINITION, METHOD, VARIABLE, error_quantiles

ONLY_TEMPERATURE: Final = f"too few members; an error is known of {VARIABLE} only"
NO_DAYS: Final = "how errors of one hour and the next go together is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorQuantiles:
    """Quantiles of temperature about the forecast.

    Attributes:
        columns: one a level.
        told: what the passport says of them.
    """

    columns: tuple[Column, ...]
    told: dict[str, Any]


def quantiles_by_error(facts: CycleFacts, case: Case, *, hours: slice) -> ErrorQuantiles | None:
    """Quantiles of temperature from the standard error that the cycle tells of the cell.

    Args:
        facts: of the cycle.
        case: a question with levels, its record and its cell.
        hours: of the record that are answered; those that are past have none.

    Returns:
        None where the cycle tells no error, or temperature was not asked.

    Raises:
        InvalidRequest: a level that an error without bounds does not have.
    """
    question, record = case.question, case.record
    told = None if facts.calibration is None else facts.calibration.error
    asked = question.hourly is None or VARIABLE in question.hourly
    if told is None or not told.known or VARIABLE not in facts.places or not asked:
        return None
    error = np.full(len(record.times), np.nan)
    error[record.past :] = told.at(case.choice.row, case.choice.column)
    place = facts.places[VARIABLE]
    forecast = record.cycle.unpack(record.counts)[place].astype(np.float64)
    rows = error_quantiles(forecast[hours], error[hours], levels=question.quantiles)
    known = error[hours][np.isfinite(error[hours])]
    return ErrorQuantiles(
        columns=tuple(
            of_variable(quantile_name(VARIABLE, level), row, name=VARIABLE)
            for level, row in zip(question.quantiles, rows, strict=True)
        ),
        told={
            "variable": VARIABLE,
            "method": METHOD,
            "quantile_definition": DEFINITION,
            "hours": int(known.size),
            "smallest_k": round(float(known.min()), 2) if known.size else None,
            "largest_k": round(float(known.max()), 2) if known.size else None,
        },
    )
