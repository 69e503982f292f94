"""Probabilities where there is one forecast only: how often its neighbours meet a condition."""

from typing import Any, Final

import numpy as np

from forecast.errors import InvalidRequest
from forecast.query.events import Condition
from forecast.query.neighbourhood import NeighbourhoodProbability, neighbourhood_probability
from forecast.service.calendar import Case
from forecast.service.chances import label
from forecast.service.columns import Column, of_number
from forecast.service.error_quantiles import NO_DAYS, ONLY_TEMPERATURE, quantiles_by_error
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from forecast.service.spread import Spread
from forecast.service.told_error import METHOD as ERROR_METHOD
from forecast.service.told_error import VARIABLE

METHOD: Final = "neighbourhood"


def nearby(facts: CycleFacts, case: Case, *, hours: slice) -> Spread:
    """Probabilities from the neighbourhood of one forecast, quantiles from its error at stations.

    Args:
        facts: of a cycle without members.
        case: a question with levels or conditions, its record and its cell.
        hours: of the record that are answered.

    Raises:
        InvalidRequest: joint events were asked, or quantiles where no station has told an error,
            or a condition on a variable that differs from cell to cell by height rather than by
            chance.
        StoreMissing: the cycle was published without its model fields.
    """
    question, record = case.question, case.record
    if question.events:
        facts.members.get()
    columns: list[Column] = []
    passport: dict[str, Any] = {"count": 1, "method": METHOD, "neighbourhoods": {}}
    if question.quantiles:
        told = quantiles_by_error(facts, case, hours=hours)
        if told is None:
            raise InvalidRequest(_unknown(facts))
        columns += told.columns
        passport |= {"told_error": told.told, "not_given": _not_given(facts, case)}
        if not question.probability:
            passport["method"] = ERROR_METHOD
    found = [_around(facts, condition, question=question) for condition in question.probability]
    place = np.searchsorted(record.times, facts.cycle.times[0])
    for one in found:
        values = np.full(len(record.times), np.nan)
        values[place : place + len(one.values)] = one.values
        columns.append(of_number(label(one.condition), values[hours], units="1", decimals=3))
        passport["neighbourhoods"][label(one.condition)] = {
            "cells_across": one.width,
            "hours_early_and_late": one.hours,
            "members_equivalent": one.members_equivalent,
        }
    return Spread(columns=tuple(columns), passport=passport)


def _unknown(facts: CycleFacts) -> str:
    cycle = facts.cycle
    return (
        f"quantiles were asked; cycle {cycle.id} of {cycle.source} is one forecast, a run of an"
        " ensemble as ecmwf-ifs-ens has members; of one forecast only the error of"
        f" {VARIABLE} can be known, where stations have told it"
    )


def _not_given(facts: CycleFacts, case: Case) -> dict[str, str]:
    """What of the quantiles asked is not given, and why."""
    question = case.question
    names = facts.cycle.variables if question.hourly is None else question.hourly
    days = {} if question.daily == () else {"daily": NO_DAYS}
    return {name: ONLY_TEMPERATURE for name in names if name != VARIABLE} | days


def _around(
    facts: CycleFacts, condition: Condition, *, question: PointQuestion
) -> NeighbourhoodProbability:
    native = facts.cycle.native()
    if condition.variable not in native:
        raise InvalidRequest(
            f"the probability of {condition} was asked; the model fields of cycle"
            f" {facts.cycle.id} do not hold {condition.variable}"
        )
    place = (question.lonlat.longitude, question.lonlat.latitude)
    return neighbourhood_probability(native[condition.variable], condition, place=place)
