"""Scores of whole fields, as rain against a finer model: amounts, and likeness at a scale."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scores.continuous import additive_bias, correlation, mae, rmse
from scores.spatial import fss_2d

from forecast.errors import DataError
from forecast.verify.resampling import reduction_interval

GRID: Final = ("latitude", "longitude")
SCALES_CELLS: Final = (1, 5, 11, 21)
"""Sides of the neighbourhoods, cells of the truth's grid; odd, so that they have a middle."""
BLOCK_CELLS: Final = 20
"""Cells along a side of the bootstrap's blocks."""


def field_table(
    forecasts: Mapping[str, xr.DataArray], truth: xr.DataArray, *, reference: str = "bilinear"
) -> pd.DataFrame:
    """Cell-by-cell scores of several methods' fields.

    Args:
        forecasts: name of the method to its field (latitude, longitude).
        truth: the field to match, on the same cells.
        reference: method that reductions are measured against.

    Returns:
        `method`, `n` (cells that all have), `mae`, `rmse`, `bias`, `correlation`, `mean`,
        `rmse_reduction` with `rmse_low`, `rmse_high` (95 %, blocks of 20 x 20 cells).
    """
    fields = _common(forecasts, truth)
    observed = fields.pop("truth")
    known = np.isfinite(observed.values)
    blocks = _blocks(observed.shape)[known]
    against = ((fields[reference] - observed).values[known]) ** 2
    rows: list[dict[str, Any]] = []
    for method, field in fields.items():
        squares = ((field - observed).values[known]) ** 2
        low, high = np.nan, np.nan
        if method != reference:
            low, high = reduction_interval(squares, against, blocks=blocks, root=True)
        rows.append(
            {
                "method": method,
                "n": int(known.sum()),
                "mae": float(mae(field, observed)),
                "rmse": float(rmse(field, observed)),
                "bias": float(additive_bias(field, observed)),
                "correlation": float(correlation.pearsonr(field, observed)),
                "mean": float(field.mean()),
                "rmse_reduction": float(1.0 - np.sqrt(squares.mean() / against.mean())),
                "rmse_low": low,
                "rmse_high": high,
            }
        )
    return pd.DataFrame(rows)


def fss_table(
    forecasts: Mapping[str, xr.DataArray],
    truth: xr.DataArray,
    *,
    thresholds: tuple[float, ...],
    scales: tuple[int, ...] = SCALES_CELLS,
) -> pd.DataFrame:
    """Fractions skill score: how alike are the shares of wet cells in neighbourhoods?

    Roberts and Lean (2008, Mon. Weather Rev. 136, 78, eq. 6). 1 is perfect; a forecast is useful
    from 0.5 + half the frequency on.

    Args:
        forecasts: name of the method to its field (latitude, longitude).
        truth: the field to match, on the same cells.
        thresholds: in the field's unit; at or above counts.
        scales: sides of the neighbourhoods, cells.

    Returns:
        `threshold`, `scale` (cells), `method`, `fss` (NaN where no field reaches the
        threshold), `frequency` of the truth, `useful`.
    """
    fields = _common(forecasts, truth)
    observed = fields.pop("truth")
    rows: list[dict[str, Any]] = []
    for threshold in thresholds:
        frequency = float((observed >= threshold).sum() / observed.notnull().sum())
        for scale in scales:
            if scale > min(observed.shape):
                continue
            rows += [
                {
                    "threshold": threshold,
                    "scale": scale,
                    "method": method,
                    "fss": _fss(field, observed, threshold, scale),
                    "frequency": frequency,
                    "useful": 0.5 + frequency / 2.0,
                }
                for method, field in fields.items()
            ]
    return pd.DataFrame(rows)


def _fss(field: xr.DataArray, observed: xr.DataArray, threshold: float, scale: int) -> float:
    if not ((field >= threshold).any() or (observed >= threshold).any()):
        return np.nan
    score = fss_2d(
        field.fillna(0.0),
        observed.fillna(0.0),
        event_threshold=threshold,
        window_size=(scale, scale),
        spatial_dims=GRID,
        threshold_operator=np.greater_equal,
    )
    return float(score)


def _common(forecasts: Mapping[str, xr.DataArray], truth: xr.DataArray) -> dict[str, xr.DataArray]:
    """All fields in float64, missing wherever one is; `truth` among them.

    Raises:
        DataError: a field stands on other cells, or no cell has all.
    """
    fields = {"truth": truth, **forecasts}
    for name, field in fields.items():
        same = field.dims == GRID and all(
            field[axis].shape == truth[axis].shape
            and np.allclose(field[axis], truth[axis], atol=1e-6)
            for axis in GRID
        )
        if not same:
            raise DataError(f"the field of {name} does not stand on the cells of the truth")
    known = np.logical_and.reduce([np.isfinite(field.values) for field in fields.values()])
    if not known.any():
        raise DataError("fields were compared; no cell has all of them")
    axes = {axis: truth[axis].values for axis in GRID}
    return {
        name: xr.DataArray(np.where(known, field.values.astype(float), np.nan), axes, GRID)
        for name, field in fields.items()
    }


def _blocks(shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
    rows, columns = (np.arange(size) // BLOCK_CELLS for size in shape)
    return (rows[:, np.newaxis] * (columns.max() + 1) + columns).astype(np.intp)
