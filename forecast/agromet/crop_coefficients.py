"""Crops and soils of FAO-56: their tables, and the course of a coefficient over the season."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from forecast.errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """What the water balance asks of a crop.

    Attributes:
        stages: days of the initial, development, middle and late stage.
        kc: single crop coefficient, initial, middle and end.
        kcb: basal crop coefficient, initial, middle and end.
        height: plant height at the start and greatest, m.
        roots: root depth at the start and greatest, m.
        depletion: p, share of the available water that is readily available at 5 mm d-1.
    """

    stages: tuple[int, int, int, int]
    kc: tuple[float, float, float]
    kcb: tuple[float, float, float]
    height: tuple[float, float]
    roots: tuple[float, float]
    depletion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Soil:
    """What the water balance asks of a soil; each a number or a field over cells.

    Attributes:
        field_capacity: water by volume, 1.
        wilting_point: water by volume, 1.
        saturation: water by volume, 1.
        readily: readily evaporable water REW, mm.
        layer: depth Ze that evaporation dries, m.
        conductivity: when saturated, mm h-1.
    """

    field_capacity: Any
    wilting_point: Any
    saturation: Any
    readily: Any
    layer: Any
    conductivity: Any

    @property
    def evaporable(self) -> Any:
        """Total evaporable water TEW, mm: 1000 (θFC - 0.5 θWP) Ze (FAO-56, eq. 73)."""
        return 1000.0 * (self.field_capacity - 0.5 * self.wilting_point) * self.layer


@cache
def table_of_crops() -> Mapping[str, Mapping[str, Any]]:
    """Rows of FAO-56 by crop: `kc`, `kcb`, `height`, `roots`, `depletion`, some with `stages`."""
    return MappingProxyType(_tables()["crops"])


def crop_named(
    name: str, *, stages: tuple[int, int, int, int] | None = None, start_roots: float = 0.15
) -> Crop:
    """A crop of the tables.

    Args:
        name: as `winter_wheat`.
        stages: days of the four stages; those of the table's example region by default.
        start_roots: root depth at sowing, m (FAO-56, p. 279: 0.15 to 0.20).

    Raises:
        UnknownName: the tables have no such crop, or no stages for it and none are given.
    """
    row = table_of_crops().get(name)
    if row is None:
        raise UnknownName(
            f"crop {name!r} was asked; the tables have {', '.join(sorted(table_of_crops()))}"
        )
    days = stages if stages is not None else row.get("stages")
    if days is None:
        raise UnknownName(f"the tables have no stages of {name!r}; give the days of all four")
    initial, development, middle, late = days
    return Crop(
        stages=(initial, development, middle, late),
        kc=tuple(row["kc"]),
        kcb=tuple(row["kcb"]),
        height=(0.05, row["height"]),
        roots=(start_roots, row["roots"][1]),
        depletion=row["depletion"],
    )


def soil_named(texture: str) -> Soil:
    """A soil of FAO-56, table 19 (middles of the ranges).

    Args:
        texture: as `silt_loam`.

    Raises:
        UnknownName: the table has no such texture.
    """
    soils = _tables()["soils"]
    if texture not in soils:
        raise UnknownName(f"soil {texture!r} was asked; the table has {', '.join(soils)}")
    return Soil(**soils[texture])


def coefficient_on(
    season_day: Any,
    coefficients: tuple[float, float, float],
    *,
    stages: tuple[int, int, int, int],
) -> Any:
    """Crop coefficient of a day of the season, straight lines between the stages (FAO-56, fig. 34).

    Args:
        season_day: days since sowing or planting, 0 on that day; numbers, arrays or DataArrays.
            Missing before it is missing after.
        coefficients: initial, middle and end.
        stages: days of the initial, development, middle and late stage; 0 is a step.
    """
    initial, middle, end = coefficients
    _, development, _, late = stages
    edges = np.cumsum(stages)
    rise = np.clip((season_day - edges[0]) / max(development, 1e-9), 0.0, 1.0)
    fall = np.clip((season_day - edges[2]) / max(late, 1e-9), 0.0, 1.0)
    return initial + (middle - initial) * rise + (end - middle) * fall


@cache
def _tables() -> dict[str, dict[str, dict[str, Any]]]:
    text = files("forecast").joinpath("data/agromet/fao56.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
