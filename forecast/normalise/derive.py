"""Quantities that a run carries in another form: dew point from humidity, wind from its speed."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecast import meteorology
from forecast.errors import NormaliseError
from forecast.normalise.names import FILE_UNITS
from forecast.normalise.resolve import Resolved


def derive(resolved: Sequence[Resolved]) -> list[Resolved]:
    """Replace auxiliary quantities by those of the vocabulary.

    Dew point is derived from relative humidity, else from specific humidity and surface
    pressure, where the run has no dew point; wind components from speed and direction, where it
    has none.

    Args:
        resolved: quantities on their own times.

    Raises:
        NormaliseError: two quantities that must be combined have different members.
    """
    by_name = {item.quantity: item for item in resolved}
    kept = [item for item in resolved if item.quantity not in FILE_UNITS]
    if "dew_point_2m" not in by_name:
        kept += _dew_point(by_name)
    if not {"wind_u_10m", "wind_v_10m"} & by_name.keys():
        kept += _wind(by_name)
    if not kept:
        raise NormaliseError(
            f"the run holds {', '.join(sorted(by_name))} only, which describe no quantity of the "
            "vocabulary alone (humidity needs temperature, wind speed needs direction)"
        )
    return kept


def _dew_point(by_name: dict[str, Resolved]) -> list[Resolved]:
    if {"relative_humidity", "temperature_2m"} <= by_name.keys():
        times, (warmth, humidity) = _together(
            by_name["temperature_2m"], by_name["relative_humidity"]
        )
        values = meteorology.dew_point(warmth, humidity)
        origin = by_name["relative_humidity"]
    elif {"specific_humidity", "surface_pressure"} <= by_name.keys():
        times, (moisture, pressure) = _together(
            by_name["specific_humidity"], by_name["surface_pressure"]
        )
        values = meteorology.dew_point_from_specific_humidity(moisture, pressure)
        origin = by_name["specific_humidity"]
    else:
        return []
    return [_instant("dew_point_2m", times, values, origin)]


def _wind(by_name: dict[str, Resolved]) -> list[Resolved]:
    if not {"wind_speed", "wind_direction"} <= by_name.keys():
        return []
    times, (speed, direction) = _together(by_name["wind_speed"], by_name["wind_direction"])
    radians = np.radians(direction)
    origin = by_name["wind_speed"]
    return [
        _instant("wind_u_10m", times, -speed * np.sin(radians), origin),
        _instant("wind_v_10m", times, -speed * np.cos(radians), origin),
    ]


def _together(
    first: Resolved, second: Resolved
) -> tuple[npt.NDArray[np.int64], list[npt.NDArray[np.float32]]]:
    """Values of both at the times that both have."""
    if first.realization != second.realization:
        raise NormaliseError(
            f"{first.quantity} and {second.quantity} have different members; allowed is one set"
        )
    times = np.intersect1d(first.ends, second.ends)
    return times, [item.values[np.isin(item.ends, times)] for item in (first, second)]


def _instant(
    quantity: str, times: npt.NDArray[np.int64], values: npt.NDArray[np.float32], origin: Resolved
) -> Resolved:
    return Resolved(
        quantity=quantity,
        ends=times,
        begins=times,
        values=np.asarray(values, dtype=np.float32),
        realization=origin.realization,
        attributes={"step_kind": "instant", "derived_from": origin.quantity},
    )
