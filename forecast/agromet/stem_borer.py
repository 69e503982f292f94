"""Flight of the striped rice stem borer (二化螟) after winter, from degree days."""

from typing import Any, Final

import numpy as np
import xarray as xr
from scipy.special import ndtr

BASE: Final = 12.9
"""degC, base of the overwintering generation; degree days are counted from 1 March."""
FIRST_MOTH: Final = 127.0
"""K d at which the first moths fly."""
SLOPE: Final = 8.345
INTERCEPT: Final = -21.119
"""Of the probit line over log10 of the degree days: 10, 50 and 90 % at 238.3, 339.4 and 483.4 K d
(Chilo suppressalis, Jilin; Acta Entomologica Sinica 2006)."""


def flown_share(degree_days: Any) -> Any:
    """Share of the overwintered moths that have flown, 0 to 1: Φ(8.345 log10 D - 21.119).

    Args:
        degree_days: D above 12.9 degC since 1 March, K d; any dims.
    """

    def work(total: Any) -> Any:
        return ndtr(SLOPE * np.log10(np.maximum(total, 1e-6)) + INTERCEPT)

    return xr.apply_ufunc(work, degree_days, dask="parallelized", output_dtypes=[np.float64])
