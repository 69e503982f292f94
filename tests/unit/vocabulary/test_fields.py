"""What every dataset of the project can rely on."""

import subprocess
import sys

import pytest


def test_mean_of_many_float32_values_is_their_mean() -> None:
    """Four million values of 280.1 have the mean 280.1, whatever library adds them up."""
    pytest.importorskip("bottleneck")
    code = (
        "import numpy as np, xarray as xr, forecast.fields\n"
        "values = xr.DataArray(np.full(4_000_000, 280.1, np.float32), dims='node')\n"
        "print(float(values.mean()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert float(result.stdout) == pytest.approx(280.1, abs=1e-3)
