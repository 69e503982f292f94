"""Meaning of one GRIB message from ecCodes' keys; runs in the decoding child only.

The answer is a plain dictionary that travels as JSON. A message that is no field of one forecast
step (monthly means, probabilities, spectral coefficients) is refused with its reason.
"""

from collections.abc import Callable
from typing import Any, Final

import eccodes

from forecast.ingest.refusal import Refused
from forecast.ingest.simulated import is_marked

Header = dict[str, Any]

_MISSING: Final = (eccodes.CODES_MISSING_LONG, eccodes.CODES_MISSING_DOUBLE, "MISSING")
_STEP_TYPES: Final = frozenset({"instant", "accum", "avg", "max", "min"})
_STATISTICS: Final = {0: "avg", 1: "accum", 2: "max", 3: "min"}
"""WMO code table 4.10, type of statistical processing."""
_EXTREMES: Final = {"0.0.4": "max", "0.0.5": "min"}
"""Parameters that are extremes by name, for messages that leave the processing missing (255)."""
_MEAN_STREAMS: Final = frozenset(
    {
        "moda",
        "mnth",
        "msmm",
        "mmsf",
        "edmm",
        "edmo",
        "ewmm",
        "wamo",
        "mfhm",
        "mfam",
        "swmm",
        "emoda",
    }
)
_MEAN_TYPES: Final = frozenset({"fcmean", "hcmean", "fcstdev", "hcstdev", "fcmax", "fcmin"})
_NO_FIELD_TEMPLATES: Final = {
    5: "a probability",
    9: "a probability",
    6: "a percentile",
    10: "a percentile",
    3: "a cluster",
    4: "a cluster",
    13: "a cluster",
    14: "a cluster",
    31: "a satellite product",
    32: "a synthetic satellite product",
}
"""WMO code table 4.0, product definition templates that are no field of one run."""
_SPREADS: Final = {2, 3, 4, 5, 6, 7}
"""WMO code table 4.7, derived forecasts other than the two means."""
_SUMS_SINCE_START: Final = frozenset(
    {8, 9, 44, 45, 50, 57, 58, 142, 143, 144, 145, 146, 147, 169, 175, 176, 177, 178, 179}
    | {180, 181, 182, 189, 195, 196, 197, 205, 208, 209, 210, 211, 212, 213, 228, 239, 240}
    | {228021, 228022, 228129, 228130, 228251}
)
"""Parameters of ECMWF's table 128 and 228 that are sums, though GRIB 1 calls them instants."""


def header(handle: int) -> Header:
    """Describe one message.

    Args:
        handle: ecCodes message handle.

    Returns:
        short_name, param, units, step_type, start and end (s), type_of_level, level,
        level_bottom, member (or None), cycle (ISO, or None for an undated invariant), origin,
        edition, packing, grid_type, wind_on_grid, simulated, packing_error,
        derived and notes.

    Raises:
        Refused: the message is no field of one forecast step.
    """
    found: Header = {
        "short_name": _text(handle, "shortName", "unknown"),
        "param": _integer(handle, "paramId", -1),
        "parameter": _parameter_numbers(handle),
        "units": _text(handle, "units", ""),
        "type_of_level": _text(handle, "typeOfLevel", "unknown"),
        "origin": _text(handle, "centre", "unknown"),
        "edition": _integer(handle, "edition", 0),
        "packing": _text(handle, "packingType", ""),
        "grid_type": _text(handle, "gridType", "unknown"),
        "wind_on_grid": wind_on_grid(handle),
        "member": _member(handle),
        "simulated": is_marked(handle),
        "packing_error": _number(handle, "packingError") or 0.0,
        "notes": [],
    }
    found["level"], found["level_bottom"] = _levels(handle, found["type_of_level"])
    _refuse_what_is_no_field(handle, found)
    found.update(_interval(handle, found))
    found["cycle"] = _cycle(handle, found)
    return found


def _refuse_what_is_no_field(handle: int, found: Header) -> None:
    if found["grid_type"] == "sh" or found["packing"].startswith("spectral"):
        raise Refused(
            "it holds spherical harmonics, which need a transform; ask for grid-point data"
        )
    stream, kind = _text(handle, "stream", ""), _text(handle, "type", "")
    step_type = _text(handle, "stepType", "instant")
    if (
        stream in _MEAN_STREAMS
        or kind in _MEAN_TYPES
        or (step_type.startswith("avg") and step_type != "avg")
        or eccodes.codes_is_defined(handle, "forecastMonth")
    ):
        raise Refused(
            f"it is a monthly or climate mean (stream {stream or 'unknown'},"
            f" type {kind or 'unknown'}, {step_type}), not a step of one forecast"
        )
    template = _integer(handle, "productDefinitionTemplateNumber", -1)
    if template in _NO_FIELD_TEMPLATES:
        raise Refused(
            f"it is {_NO_FIELD_TEMPLATES[template]} (product template {template}), not a field"
        )
    found["derived"] = _integer(handle, "derivedForecast", -1)
    if found["derived"] in _SPREADS:
        raise Refused(
            f"it is a statistic over members (code {found['derived']} of table 4.7), not a field"
        )


def _interval(handle: int, found: Header) -> Header:
    """Step kind and interval in seconds since the cycle."""
    kind = _text(handle, "stepType", "instant")
    try:
        eccodes.codes_set(handle, "stepUnits", "s")
        start = int(eccodes.codes_get(handle, "startStep", int))
        end = int(eccodes.codes_get(handle, "endStep", int))
    except eccodes.CodesInternalError as error:
        raise Refused(f"its step cannot be told in seconds ({error})") from None
    if kind == "instant" and start != end:
        code = _integer(handle, "typeOfStatisticalProcessing", -1)
        kind = _STATISTICS.get(code, _EXTREMES.get(found["parameter"], "unknown"))
    if kind not in _STEP_TYPES:
        raise Refused(f"its step type is {kind!r}; allowed are instant, accum, avg, max and min")
    if kind == "instant" and _is_sum_without_interval(found):
        kind = "accum"
        start = _start_of_sum(handle, end)
        found["notes"].append(
            f"{found['short_name']}: GRIB 1 states no interval; read as ECMWF's"
            f" {'sum since the start of the run' if start == 0 else 'ERA5 hourly sum'}"
        )
    if not 0 <= end - start <= 400 * 86400 or not -86400 <= start <= 2000 * 86400:
        raise Refused(f"its interval of {start} to {end} s is not that of a forecast")
    return {"step_type": kind, "start": start, "end": end}


def _is_sum_without_interval(found: Header) -> bool:
    return (
        found["edition"] == 1 and found["origin"] == "ecmf" and found["param"] in _SUMS_SINCE_START
    )


def _start_of_sum(handle: int, end: int) -> int:
    """ERA5 restarts its sums every hour (3 hours for members); other runs never do."""
    if _text(handle, "class", "") != "ea":
        return 0
    return max(0, end - (3 if _text(handle, "stream", "") == "enda" else 1) * 3600)


def _cycle(handle: int, found: Header) -> str | None:
    """Reference time as ISO 8601 UTC; None for an invariant that carries no valid date."""
    if _integer(handle, "significanceOfReferenceTime", 1) == 2:
        raise Refused(
            "its reference time is the verifying time, so the start of the run is unknown"
        )
    date, clock = _integer(handle, "dataDate", 0), _integer(handle, "dataTime", 0)
    year, month, day = date // 10000, date // 100 % 100, date % 100
    hour, minute = divmod(clock, 100)
    if 1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60:
        return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:00"
    if found["step_type"] == "instant" and found["end"] == 0 and _is_invariant(found):
        found["notes"].append(f"{found['short_name']}: the date {date} is no date; invariant")
        return None
    raise Refused(f"its reference time (dataDate {date}, dataTime {clock}) is no date")


def _is_invariant(found: Header) -> bool:
    return found["type_of_level"] == "surface" and found["short_name"] in (
        "lsm", "orog", "z", "h", "gh", "dist", "slt", "cl",
    )  # fmt: skip


def wind_on_grid(handle: int) -> bool:
    """Whether wind components follow the grid's axes (flag table 3.3, bit 5)."""
    if eccodes.codes_is_defined(handle, "uvRelativeToGrid"):
        return _integer(handle, "uvRelativeToGrid", 0) == 1
    return bool(_integer(handle, "resolutionAndComponentFlags", 0) & 0x08)


def _member(handle: int) -> int | None:
    """Ensemble member number; None where the message does not belong to an ensemble."""
    for key in ("number", "perturbationNumber"):
        if eccodes.codes_is_defined(handle, key):
            number = _integer(handle, key, 0)
            in_ensemble = number > 0 or _integer(handle, "numberOfForecastsInEnsemble", 0) > 0
            return number if in_ensemble else None
    return None


def _levels(handle: int, kind: str) -> tuple[float, float | None]:
    """Level (top of a layer) and bottom of a layer, in the unit of the level type."""
    if kind.startswith("depthBelow"):
        top = _scaled(handle, "FirstFixedSurface")
        bottom = _scaled(handle, "SecondFixedSurface")
        if top is not None:
            return top, bottom
    top_of_layer = _number(handle, "topLevel")
    bottom_of_layer = _number(handle, "bottomLevel")
    level = _number(handle, "level")
    if top_of_layer is not None and bottom_of_layer is not None and top_of_layer != bottom_of_layer:
        return top_of_layer, bottom_of_layer
    return (0.0 if level is None else level), None


def _scaled(handle: int, surface: str) -> float | None:
    factor = _number(handle, f"scaleFactorOf{surface}")
    value = _number(handle, f"scaledValueOf{surface}")
    if factor is None or value is None or not -20 < factor < 20:
        return None
    return round(value / 10.0**factor, 6)


def _parameter_numbers(handle: int) -> str:
    """`discipline.category.number` of edition 2, `table.indicator` of edition 1."""
    keys = ("discipline", "parameterCategory", "parameterNumber")
    if _integer(handle, "edition", 0) == 1:
        keys = ("table2Version", "indicatorOfParameter")  # type: ignore[assignment]
    return ".".join(str(_integer(handle, key, -1)) for key in keys)


def _read(handle: int, key: str, kind: Callable[[Any], Any]) -> Any:
    try:
        value = eccodes.codes_get(handle, key, kind)
    except eccodes.CodesInternalError:
        return None
    return None if value in _MISSING else value


def _text(handle: int, key: str, default: str) -> str:
    value = _read(handle, key, str)
    return default if value is None else str(value)


def _integer(handle: int, key: str, default: int) -> int:
    value = _read(handle, key, int)
    return default if value is None else int(value)


def _number(handle: int, key: str) -> float | None:
    value = _read(handle, key, float)
    return None if value is None else float(value)
