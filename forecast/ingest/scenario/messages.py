"""Fields of the scenario as GRIB2 messages in the layout of ECMWF open data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import eccodes
import numpy as np
import numpy.typing as npt

from forecast.ingest.scenario.relief import LATITUDE, LONGITUDE, SPACING
from forecast.ingest.simulated import EXPERIMENT, PRODUCTION_STATUS

_STATISTICS: Final[Mapping[str, int]] = {"tp": 1, "ssrd": 1, "strd": 1, "10fg": 2}
"""WMO code table 4.10: 1 accumulation, 2 maximum."""
_SOIL: Final = frozenset({"sot", "vsw"})
_SOIL_SURFACE: Final = 151
"""WMO code table 4.5: soil level, counted from the surface."""
_BITS: Final = 16
_BITS_OF_MEMBERS: Final = 12
"""As in the files of ECMWF's ensemble."""
_TABLES_VERSION: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a message says of itself.

    Attributes:
        name: ecCodes short name.
        start: begin of the interval, h since the cycle; equal to `end` for an instant.
        end: h since the cycle.
        member: 0 for the unperturbed run.
        layer: number of the soil layer, 0 for the surface.
    """

    name: str
    start: int
    end: int
    member: int = 0
    layer: int = 0


class Encoder:
    """Writes messages of one cycle; a context manager, as the templates hold memory.

    Args:
        cycle: start of the run, UTC.
        members: size of the ensemble that perturbed messages state.
    """

    def __init__(self, cycle: datetime, *, members: int) -> None:
        self._cycle = cycle
        self._members = members
        self._templates: dict[tuple[str, bool], int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._templates.values():
            eccodes.codes_release(handle)
        self._templates.clear()

    def encode(self, label: Label, values: npt.NDArray[np.floating]) -> bytes:
        """Encode a field.

        Args:
            label: what it is.
            values: (latitude ascending, longitude), in the parameter's GRIB unit.
        """
        handle = eccodes.codes_clone(self._template(label))
        try:
            if label.name in _STATISTICS:
                eccodes.codes_set(handle, "stepRange", f"{label.start}-{label.end}")
            else:
                eccodes.codes_set(handle, "step", label.end)
            if label.layer:
                eccodes.codes_set(handle, "scaledValueOfFirstFixedSurface", label.layer - 1)
                eccodes.codes_set(handle, "scaledValueOfSecondFixedSurface", label.layer)
            if label.member:
                eccodes.codes_set(handle, "perturbationNumber", label.member)
            north_first = np.ascontiguousarray(values[::-1], dtype=np.float64)
            eccodes.codes_set_values(handle, north_first.ravel())
            return bytes(eccodes.codes_get_message(handle))
        finally:
            eccodes.codes_release(handle)

    def _template(self, label: Label) -> int:
        key = (label.name, label.member > 0)
        if key not in self._templates:
            self._templates[key] = self._new_template(*key)
        return self._templates[key]

    def _new_template(self, name: str, perturbed: bool) -> int:
        handle = int(eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2"))
        statistic = _STATISTICS.get(name)
        for key, value in (*self._origin(perturbed), *_grid()):
            eccodes.codes_set(handle, key, value)
        if statistic is None:
            eccodes.codes_set(handle, "productDefinitionTemplateNumber", 1 if perturbed else 0)
        else:
            eccodes.codes_set(handle, "productDefinitionTemplateNumber", 11 if perturbed else 8)
        if name in _SOIL:
            for key in ("typeOfFirstFixedSurface", "typeOfSecondFixedSurface"):
                eccodes.codes_set(handle, key, _SOIL_SURFACE)
            for key in ("scaleFactorOfFirstFixedSurface", "scaleFactorOfSecondFixedSurface"):
                eccodes.codes_set(handle, key, 0)
        eccodes.codes_set(handle, "shortName", name)
        if statistic is not None:
            eccodes.codes_set(handle, "typeOfStatisticalProcessing", statistic)
        if perturbed:
            eccodes.codes_set(handle, "numberOfForecastsInEnsemble", self._members)
        eccodes.codes_set(handle, "bitsPerValue", _BITS_OF_MEMBERS if perturbed else _BITS)
        eccodes.codes_set(handle, "packingType", "grid_ccsds")
        return handle

    def _origin(self, perturbed: bool) -> tuple[tuple[str, str | int], ...]:
        return (
            ("tablesVersion", _TABLES_VERSION),
            ("centre", "ecmf"),
            ("productionStatusOfProcessedData", PRODUCTION_STATUS),
            ("setLocalDefinition", 1),
            ("class", "od"),
            ("type", "pf" if perturbed else "fc"),
            ("stream", "enfo" if perturbed else "oper"),
            ("expver", EXPERIMENT),
            ("dataDate", int(f"{self._cycle:%Y%m%d}")),
            ("dataTime", self._cycle.hour * 100),
        )


def _grid() -> tuple[tuple[str, float | int], ...]:
    return (
        ("Ni", LONGITUDE.size),
        ("Nj", LATITUDE.size),
        ("latitudeOfFirstGridPointInDegrees", float(LATITUDE[-1])),
        ("latitudeOfLastGridPointInDegrees", float(LATITUDE[0])),
        ("longitudeOfFirstGridPointInDegrees", float(LONGITUDE[0])),
        ("longitudeOfLastGridPointInDegrees", float(LONGITUDE[-1])),
        ("iDirectionIncrementInDegrees", SPACING),
        ("jDirectionIncrementInDegrees", SPACING),
    )
