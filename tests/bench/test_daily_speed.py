"""What a request for days costs beside the reading of its hours."""

import time

import numpy as np
import pytest
import xarray as xr

from forecast.query.daily import daily
from forecast.times import DayBoundary
from forecast.variables import published
from tests.support.zones import BEIJING

pytestmark = pytest.mark.bench


def test_a_week_of_twelve_variables_takes_under_five_milliseconds() -> None:
    rng = np.random.default_rng(1)
    times = np.datetime64("2025-04-10T01", "ns") + np.arange(169) * np.timedelta64(1, "h")
    hours = xr.Dataset(
        {name: ("time", rng.random(169, dtype=np.float32)) for name in published()[:12]},
        coords={"time": times},
    )
    spent = []
    for _ in range(20):
        begin = time.process_time()
        daily(hours, boundary=DayBoundary.parse("20-20"), zone=BEIJING)
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.005
