"""Members of a place, moved and stretched by what their errors have been."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast import meteorology
from forecast.emos import LeadEmos, emos_apply

Floats = npt.NDArray[np.float32]

FOLLOWING: Final = (
    "relative_humidity_2m",
    "vapour_pressure_deficit",
    "wind_gust_10m",
    *("wet_bulb_2m", "delta_t", "wind_speed_2m"),
)
"""What is made anew of stretched members; the last three when they are asked."""


def stretched(
    values: Floats,
    found: Sequence[LeadEmos],
    *,
    variables: Sequence[str],
    leads_h: npt.NDArray[np.floating],
) -> Floats:
    """Apply the coefficients of a cycle to its members; ranks within a variable stay.

    No wind falls below calm, no dew point rises above its member's temperature and no gust stays
    below its wind: there members may become equal, never change places. Humidity and vapour
    pressure deficit of each member follow its temperature and dew point. Snow, pressure and what
    else depends on temperature a little stays as it was.

    Args:
        values: [member, variable, time], NaN where missing.
        found: coefficients; those that are not to be applied are passed over.
        variables: names, in the order of the values.
        leads_h: hours since the start of the run [time].

    Returns:
        A new array of the same shape.
    """
    result = values.copy()
    changed = np.zeros((len(variables), leads_h.size), dtype=np.bool_)
    for one in found:
        if one.emos is not None and one.applied and one.variable in variables:
            place, steps = variables.index(one.variable), one.covers(leads_h)
            result[:, place, steps] = emos_apply(values[:, place, steps], one.emos)
            changed[place, steps] = True
    places = {name: place for place, name in enumerate(variables)}
    if "wind_speed_10m" in places:
        _wind(result, places, steps=changed[places["wind_speed_10m"]])
    if {"temperature_2m", "dew_point_2m"} <= set(places):
        air = changed[places["temperature_2m"]] | changed[places["dew_point_2m"]]
        _air(result, places, steps=air)
    return result


def _wind(values: Floats, places: dict[str, int], *, steps: npt.NDArray[np.bool_]) -> None:
    speed = np.maximum(values[:, places["wind_speed_10m"], steps], np.float32(0.0))
    values[:, places["wind_speed_10m"], steps] = speed
    if "wind_gust_10m" in places:
        gust = values[:, places["wind_gust_10m"], steps]
        values[:, places["wind_gust_10m"], steps] = np.where(gust < speed, speed, gust)


def _air(values: Floats, places: dict[str, int], *, steps: npt.NDArray[np.bool_]) -> None:
    warmth, dew = (values[:, places[name], steps] for name in ("temperature_2m", "dew_point_2m"))
    dew = np.where(dew > warmth, warmth, dew)
    values[:, places["dew_point_2m"], steps] = dew
    for name, make in (
        ("relative_humidity_2m", meteorology.relative_humidity),
        ("vapour_pressure_deficit", meteorology.vapour_pressure_deficit),
    ):
        if name in places and steps.any():
            values[:, places[name], steps] = make(warmth, dew)
