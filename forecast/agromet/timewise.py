"""Numpy work along one dim of DataArrays, in memory or over dask blocks that hold it whole."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from forecast.errors import DataError


def along(
    work: Callable[..., Any],
    *fields: xr.DataArray,
    dim: str,
    dtype: Any,
    keeps: bool = True,
) -> xr.DataArray:
    """Apply numpy work whose last axis is `dim`; what was lazy stays lazy.

    Args:
        work: takes one array per field, `dim` last, broadcast against each other; gives an array
            with `dim` last, or without it where `keeps` is false.
        fields: any dims.
        dim: the dim that is walked.
        dtype: of the result.
        keeps: whether the result has the dim.

    Returns:
        In the order of dims of the first field, further dims first.

    Raises:
        DataError: no field has the dim.
    """
    if not any(dim in field.dims for field in fields):
        raise DataError(f"work along {dim!r} was asked; the data have the dims {fields[0].dims}")
    whole = [
        field.chunk({dim: -1}) if dim in field.dims and field.chunks is not None else field
        for field in fields
    ]
    result = xr.apply_ufunc(
        work,
        *whole,
        input_core_dims=[[dim] if dim in field.dims else [] for field in whole],
        output_core_dims=[[dim] if keeps else []],
        dask="parallelized",
        output_dtypes=[dtype],
        keep_attrs=False,
    )
    order = [name for name in fields[0].dims if name in result.dims]
    return result.transpose(..., *order)


def windows(padded: Any, *, length: int, join: Callable[[Any, Any], Any]) -> Any:
    """Join each row of `length` neighbours along the last axis, in about log2(length) passes.

    Args:
        padded: [..., n + length - 1].
        length: neighbours in a window, at least 1.
        join: an associative operation on two arrays, as `np.add` or `np.minimum`.

    Returns:
        [..., n]; entry i joins padded[..., i : i + length].
    """
    size = padded.shape[-1] - length + 1
    block, width, offset, left = padded, 1, 0, length
    joined = None
    while left:
        if left & 1:
            piece = block[..., offset : offset + size]
            joined = piece if joined is None else join(joined, piece)
            offset += width
        left >>= 1
        if left:
            block = join(block[..., :-width], block[..., width:])
            width *= 2
    return joined


def padded(values: Any, *, before: int, after: int, fill: float) -> Any:
    """Lengthen the last axis by `fill` on both sides."""
    size = values.shape[-1]
    row = np.full((*values.shape[:-1], before + size + after), fill, dtype=values.dtype)
    row[..., before : before + size] = values
    return row
