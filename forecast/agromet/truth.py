"""Three-valued conditions: no, unknown, yes.

A condition is int8: `NO` 0, `UNKNOWN` 1, `YES` 2, so that Kleene's "and" is the minimum, his "or"
the maximum and "not" 2 - x (Kleene 1952, Introduction to Metamathematics, § 64). A missing value
is unknown, and stays so unless the other side of an "or" is yes or of an "and" is no.
"""

from typing import Any, Final, Literal

import numpy as np
import xarray as xr

from forecast.errors import InvalidRequest

NO: Final = 0
UNKNOWN: Final = 1
YES: Final = 2

Operator = Literal["<", "<=", ">", ">="]

ROUNDING: Final = 1e-4
"""Two values nearer than this are equal: float32 keeps 300 K to 3e-5, packed values step by 1e-3
at least, so that 4.0 is 4.0 after packing (the unit of the field)."""


def compare(
    values: xr.DataArray, threshold: Any, *, operator: Operator, rounding: float = ROUNDING
) -> xr.DataArray:
    """Compare a field with a threshold; NaN on either side is unknown.

    Args:
        values: any dims, any unit.
        threshold: number or field, in the unit of `values`.
        operator: `<`, `<=`, `>` or `>=`.
        rounding: values this near to the threshold are equal to it.

    Raises:
        InvalidRequest: another operator.
    """
    if operator not in {"<", "<=", ">", ">="}:
        raise InvalidRequest(f"comparison {operator!r} was asked; allowed are <, <=, > and >=")

    def work(left: Any, right: Any) -> Any:
        excess = left - right if operator[0] == ">" else right - left
        holds = excess >= -rounding if operator.endswith("=") else excess > rounding
        return np.where(np.isnan(excess), np.int8(UNKNOWN), np.int8(YES) * holds).astype(np.int8)

    return xr.apply_ufunc(work, values, threshold, dask="parallelized", output_dtypes=[np.int8])


def all_of(*truths: xr.DataArray) -> xr.DataArray:
    """Whether all conditions hold: no if any is no, unknown if any other is unknown."""
    return _joined(np.minimum, truths)


def any_of(*truths: xr.DataArray) -> xr.DataArray:
    """Whether any condition holds: yes if any is yes, unknown if any other is unknown."""
    return _joined(np.maximum, truths)


def _joined(join: Any, truths: tuple[xr.DataArray, ...]) -> xr.DataArray:
    result = truths[0]
    for truth in truths[1:]:
        result = join(result, truth)
    return result
