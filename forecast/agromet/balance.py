"""What every water balance does besides its arithmetic: ask for its fields, name its results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr

from forecast.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Course of a water balance.

    Attributes:
        course: the results of each day (or hour) on the dims of the weather.
        state: at the end of the last, without the dim of time: what the next run begins with.
    """

    course: xr.Dataset
    state: xr.Dataset


def need(what: str, *given: tuple[xr.Dataset, Iterable[str]]) -> None:
    """Do nothing where a balance has the fields that it needs.

    Args:
        what: how the sentence calls it, as `the rice field`.
        given: datasets, each with the names that it must hold.

    Raises:
        DataError: some are absent; the sentence names them.
    """
    absent = [name for dataset, names in given for name in names if name not in dataset]
    if absent:
        raise DataError(f"{what} needs {', '.join(absent)}, which it was not given")


def unbroken(fields: Iterable[xr.DataArray], *, dim: str) -> list[xr.DataArray]:
    """Fields whose lazy blocks hold a dim whole; what is in memory stays as it is."""
    return [one.chunk({dim: -1}) if one.chunks is not None else one for one in fields]


def course(results: xr.DataArray, *, units: Mapping[str, str], like: xr.DataArray) -> xr.Dataset:
    """Results of a balance by name.

    Args:
        results: with the dim `quantity`, in the order of the units.
        units: of each result by its name.
        like: weather whose dims, in their order, the results get, further ones first; it has
            `day` or `time`.
    """
    named: dict[str, Any] = {
        name: results.isel(quantity=number).transpose(..., *like.dims).assign_attrs(units=unit)
        for number, (name, unit) in enumerate(units.items())
    }
    walked = "day" if "day" in like.dims else "time"
    return xr.Dataset(named).assign_coords({walked: like[walked]})
