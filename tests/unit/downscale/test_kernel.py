"""The fused kernel against ten lines of numpy."""

import numpy as np
import pytest

from forecast.downscale import METHODS, compute_tile, prepare
from forecast.variables import FILL, pack
from tests.unit.downscale.reference import made_up_run, made_up_terrain, reference

WHOLE = {"rows": slice(None), "columns": slice(None)}


def _cells(plan):
    latitude = np.repeat(plan.latitude, plan.longitude.size)
    longitude = np.tile(plan.longitude, plan.latitude.size)
    return {"latitude": latitude, "longitude": longitude, "elevation": plan.elevation.ravel()}


def _steps_apart(plan, counts, expected):
    """Largest difference in packing steps for each variable; on the circle for direction."""
    apart = {}
    for place, name in enumerate(plan.variables):
        got = counts[:, :, place].reshape(-1, plan.steps).astype(int)
        wanted = pack(expected[name], name).astype(int)
        assert np.array_equal(got == FILL, wanted == FILL), name
        difference = np.abs(got - wanted)
        if name == "wind_direction_10m":
            difference = np.minimum(difference, 360 - difference)
        apart[name] = int(difference.max())
    return apart


@pytest.mark.parametrize("method", METHODS)
def test_every_variable_agrees_with_numpy_within_one_packing_step(method) -> None:
    native = made_up_run()
    plan = prepare(native, made_up_terrain(), method=method)
    counts = compute_tile(plan, **WHOLE)
    if method == "nearest":
        return
    expected = reference(plan, **_cells(plan))
    assert len(plan.variables) == 11
    assert max(_steps_apart(plan, counts, expected).values()) <= 1
