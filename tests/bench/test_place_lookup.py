"""What it costs to look a place up."""

import statistics
import time

import pytest

from forecast.query.places import Gazetteer
from tests.unit.query.test_places import GOLDEN

pytestmark = pytest.mark.bench


def test_half_of_the_golden_queries_take_under_five_milliseconds() -> None:
    gazetteer = Gazetteer.shipped()
    gazetteer.search("宁河")
    spent = []
    for text, _ in GOLDEN:
        begin = time.process_time()
        gazetteer.search(text)
        spent.append(time.process_time() - begin)
    assert statistics.median(spent) < 0.005
