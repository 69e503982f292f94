"""Probabilities where there is one forecast only: how often its neighbours meet a condition."""

from typing import Any, Final

import numpy as np

from forecast.errors import InvalidRequest
from forecast.query.events import Condition
from forecast.query.neighbourhood import NeighbourhoodProbability, neighbourhood_probability
from forecast.service.calendar import Case
from forecast.service.chances import label
from forecast.service.columns import Column, of_number
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from forecast.service.spread import Spread

METHOD: Final = "neighbourhood"


def nearby(facts: CycleFacts, case: Case, *, hours: slice) -> Spread:
    """Probabilities of single conditions from the neighbourhood of one forecast.

    Args:
        facts: of a cycle without members.
        case: a question with conditions only, and its record.
        hours: of the record that are answered.

    Raises:
        InvalidRequest: quantiles or joint events were asked, or a condition on a variable that
            differs from cell to cell by height rather than by chance.
        StoreMissing: the cycle was published without its model fields.
    """
    question, record = case.question, case.record
    if question.quantiles or question.events:
        facts.members.get()
    found = [_around(facts, condition, question=question) for condition in question.probability]
    place = np.searchsorted(record.times, facts.cycle.times[0])
    columns: list[Column] = []
    passport: dict[str, Any] = {"count": 1, "method": METHOD, "neighbourhoods": {}}
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
