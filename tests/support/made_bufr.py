"""Synoptic reports written as real BUFR messages by ecCodes, with known values."""

from collections.abc import Mapping
from typing import Any

import eccodes

REPORT: dict[str, float] = {
    "blockNumber": 54,
    "stationNumber": 527,
    "year": 2026,
    "month": 4,
    "day": 10,
    "hour": 6,
    "minute": 0,
    "latitude": 39.08,
    "longitude": 117.07,
    "heightOfStationGroundAboveMeanSeaLevel": 2.5,
    "nonCoordinatePressure": 101230.0,
    "pressureReducedToMeanSeaLevel": 101260.0,
    "airTemperature": 294.65,
    "dewpointTemperature": 281.15,
    "relativeHumidity": 42.0,
    "cloudCoverTotal": 75.0,
    "windDirection": 220.0,
    "windSpeed": 4.3,
    "totalPrecipitationPast24Hours": 12.6,
}
"""One report by ecCodes' names, in the units of BUFR table B."""

RAIN = ((-6, 3.2), (-1, 0.4))
"""Periods (h) and amounts (kg m-2) of rain in a report."""


def message(
    report: Mapping[str, Any] | None = None,
    *,
    descriptors: tuple[int, ...] = (307080,),
    rain: tuple[tuple[float, float], ...] = RAIN,
) -> bytes:
    """One BUFR message with one report.

    Args:
        report: values by ecCodes' key (with or without rank); those left out are missing.
        descriptors: templates of BUFR table D.
        rain: up to two periods in hours and amounts.
    """
    handle = eccodes.codes_bufr_new_from_samples("BUFR4")
    try:
        _header(handle, descriptors, subsets=1, compressed=False)
        for name, value in (REPORT if report is None else report).items():
            eccodes.codes_set(handle, name if name.startswith("#") else f"#1#{name}", value)
        for place, (hours, amount) in enumerate(rain, start=1):
            eccodes.codes_set(handle, f"#{3 + place}#timePeriod", hours)
            name = f"#{place}#totalPrecipitationOrTotalWaterEquivalent"
            eccodes.codes_set(handle, name, amount)
        eccodes.codes_set(handle, "pack", 1)
        return eccodes.codes_get_message(handle)
    finally:
        eccodes.codes_release(handle)


def subsets(temperatures: list[float], *, compressed: bool) -> bytes:
    """One BUFR message with a report per temperature (K), of stations 54001, 54002 and so on."""
    handle = eccodes.codes_bufr_new_from_samples("BUFR4")
    try:
        _header(handle, (307080,), subsets=len(temperatures), compressed=compressed)
        for name, value in REPORT.items():
            rows = [float(value)] * len(temperatures)
            if name == "airTemperature":
                rows = temperatures
            if name == "stationNumber":
                rows = [float(number) for number in range(1, len(temperatures) + 1)]
            _set_rows(handle, name, rows, compressed=compressed)
        eccodes.codes_set(handle, "pack", 1)
        return eccodes.codes_get_message(handle)
    finally:
        eccodes.codes_release(handle)


def _set_rows(handle: int, name: str, rows: list[float], *, compressed: bool) -> None:
    if compressed:
        eccodes.codes_set_array(handle, f"#1#{name}", rows)
        return
    for number, value in enumerate(rows, start=1):
        eccodes.codes_set(handle, f"#{number}#{name}", value)


def _header(handle: int, descriptors: tuple[int, ...], *, subsets: int, compressed: bool) -> None:
    for name, value in {
        "masterTablesVersionNumber": 35,
        "dataCategory": 0,
        "internationalDataSubCategory": 2,
        "numberOfSubsets": subsets,
        "compressedData": int(compressed),
    }.items():
        eccodes.codes_set(handle, name, value)
    eccodes.codes_set_array(handle, "unexpandedDescriptors", list(descriptors))
