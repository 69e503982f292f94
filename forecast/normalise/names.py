"""Which raw field is which quantity: parameter names, levels and preferences.

Names are ecCodes shortNames and paramIds (ECMWF, NCEP, Météo-France) and the names of ERA5, GFS
and CF netCDF files. For each quantity the first candidate that a run holds is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import xarray as xr

from forecast.units import canonical

Shape = Literal["instant", "interval", "extreme"]
"""How a value stands for time: at an instant, a sum or mean, an extreme over an interval."""

_SURFACE: Final = frozenset(
    {"surface", "unknown", "", "entireatmosphere", "atmosphere", "atmospheresinglelayer"}
)
_AT_HEIGHT: Final = frozenset({"heightaboveground", "surface", "unknown", ""})
_AT_SEA: Final = frozenset({"meansea", "surface", "unknown", ""})
_AMOUNTS: Final = frozenset({"m", "mm", "kg m-2", "J m-2"})
_RATES: Final = frozenset({"kg m-2 s-1", "W m-2"})
_EXTREMES: Final = frozenset({"max", "min"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way in which a quantity is carried.

    Attributes:
        names: short names, lower case.
        params: ecCodes paramIds.
        levels: allowed `type_of_level`, lower case.
        height: level value that is required where the level type is a height, m.
        layer: top and bottom that are required of a soil layer, in the unit of the level type
            (m, or the number of the layer's bounding surfaces).
        shapes: allowed shapes in time.
    """

    names: frozenset[str]
    params: frozenset[int] = frozenset()
    levels: frozenset[str] = _SURFACE
    height: float | None = None
    layer: tuple[float, float] | None = None
    shapes: tuple[Shape, ...] = ("instant",)

    def accepts(self, field: xr.DataArray, shape: Shape) -> bool:
        """Say whether a raw field is this candidate."""
        attributes = field.attrs
        named = str(attributes.get("short_name", "")).lower() in self.names
        known = int(attributes.get("param", -1)) in self.params
        level_type = str(attributes.get("type_of_level", "")).lower()
        if not (named or known) or level_type not in self.levels or shape not in self.shapes:
            return False
        if self.layer is not None:
            bounds = attributes.get("level", -1.0), attributes.get("level_bottom", -1.0)
            found = tuple(float(bound) for bound in bounds)
            # GRIB 1 counts depth in centimetres
            return found in (self.layer, tuple(round(100.0 * bound, 6) for bound in self.layer))
        if self.height is None or level_type != "heightaboveground":
            return True
        return float(attributes.get("level", self.height)) == self.height


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a raw field was recognised as; a lower rank is preferred."""

    quantity: str
    rank: int
    shape: Shape


def _surface(names: str, *params: int, shapes: tuple[Shape, ...] = ("instant",)) -> Candidate:
    return Candidate(names=frozenset(names.split()), params=frozenset(params), shapes=shapes)


def _height(
    names: str, *params: int, metres: float, shapes: tuple[Shape, ...] = ("instant",)
) -> Candidate:
    return Candidate(
        names=frozenset(names.split()),
        params=frozenset(params),
        levels=_AT_HEIGHT,
        height=metres,
        shapes=shapes,
    )


def _soil(layer: str, number: int, *, temperature: bool) -> tuple[Candidate, ...]:
    """A soil layer by its bounds, by ECMWF's number of the layer, and by ECMWF's older names."""
    top, bottom = (float(bound) / 100.0 for bound in layer.removesuffix("cm").split("_"))
    names, params = ("st tsoil soilt sot", (228139, 260360)) if temperature else (
        "soilw vsw", (260185, 260199))  # fmt: skip
    by_depth = Candidate(
        names=frozenset(names.split()),
        params=frozenset(params),
        levels=frozenset({"depthbelowlandlayer", "depthbelowland"}),
        layer=(top, bottom),
    )
    if number == 0:
        return (by_depth,)
    by_number = Candidate(
        names=frozenset(names.split()),
        params=frozenset(params),
        levels=frozenset({"soillayer"}),
        layer=(number - 1.0, float(number)),
    )
    old = ("stl", (139, 170, 183)) if temperature else ("swvl", (39, 40, 41))
    levels = _SURFACE | {"depthbelowlandlayer", "depthbelowland"}
    by_name = Candidate(
        names=frozenset({f"{old[0]}{number}"}),
        params=frozenset({old[1][number - 1]}),
        levels=levels,
    )
    return (by_depth, by_number, by_name)


_SOIL_LAYERS: Final[Mapping[str, int]] = {
    "0_7cm": 1,
    "7_28cm": 2,
    "28_100cm": 3,
    "0_10cm": 0,
    "10_40cm": 0,
    "40_100cm": 0,
}
"""Layers of the vocabulary and ECMWF's number of them, 0 for those of other models."""

_INTERVAL: Final[tuple[Shape, ...]] = ("interval",)
_EXTREME: Final[tuple[Shape, ...]] = ("extreme",)

CANDIDATES: Final[Mapping[str, tuple[Candidate, ...]]] = {
    "temperature_2m": (
        _height("2t t2m t_2m tas tmp_2m air_temperature_2m", 167, metres=2.0),
        Candidate(
            names=frozenset({"t"}),
            params=frozenset({130}),
            levels=frozenset({"heightaboveground"}),
            height=2.0,
        ),
    ),
    "dew_point_2m": (_height("2d d2m td_2m tdps dpt_2m", 168, metres=2.0),),
    "relative_humidity": (
        _height("2r r2 rh2m r2m hurs rh_2m", 260242, metres=2.0),
        Candidate(
            names=frozenset({"r"}),
            params=frozenset({157}),
            levels=frozenset({"heightaboveground"}),
            height=2.0,
        ),
    ),
    "specific_humidity": (
        _height("2sh sh2 q2m huss spfh_2m", 174096, metres=2.0),
        Candidate(
            names=frozenset({"q"}),
            params=frozenset({133}),
            levels=frozenset({"heightaboveground"}),
            height=2.0,
        ),
    ),
    "surface_pressure": (
        _surface("sp ps pres_surface", 134),
        Candidate(names=frozenset({"pres"}), params=frozenset({54}), levels=frozenset({"surface"})),
    ),
    "pressure_msl": (
        Candidate(
            names=frozenset({"msl", "psl", "mean_sea_level_pressure"}),
            params=frozenset({151}),
            levels=_AT_SEA,
        ),
        Candidate(names=frozenset({"prmsl"}), params=frozenset({260074}), levels=_AT_SEA),
        Candidate(names=frozenset({"mslet"}), params=frozenset({260317}), levels=_AT_SEA),
    ),
    "wind_u_10m": (_height("10u u10 u10m uas u_10m", 165, metres=10.0),),
    "wind_v_10m": (_height("10v v10 v10m vas v_10m", 166, metres=10.0),),
    "wind_speed": (_height("10si si10 ws ws10m sfcwind", 207, 10, metres=10.0),),
    "wind_direction": (_height("10wdir wdir wdir10 wd10m", 260260, 3031, metres=10.0),),
    "wind_gust_10m": (
        _height("10fg fg10 max_i10fg max_10fg wsgsmax", 49, 237318, metres=10.0, shapes=_EXTREME),
        _height("10fg3 fg310 10fg6", 228028, 123, metres=10.0, shapes=_EXTREME),
        _height("10fg fg10", 49, metres=10.0),
        _height("10fg3 fg310", 228028, metres=10.0),
        _height("gust i10fg gust_surface", 260065, 228029, metres=10.0),
    ),
    "precipitation": (
        _surface("tp apcp pr_sum", 228, 228228, shapes=_INTERVAL),
        _surface("prate tprate avg_tprate mtpr pr", 3059, 260048, 235055, shapes=_INTERVAL),
    ),
    "snowfall_water": (
        _surface("sf", 144, 228144, shapes=_INTERVAL),
        _surface("sdwe weasd", 260056, shapes=_INTERVAL),
        _surface("avg_tsrwe msr tsrwe", 235031, 260278, shapes=_INTERVAL),
    ),
    "shortwave_down": (
        _surface(
            "ssrd sdswrf avg_sdswrf msdwswrf dswrf rsds", 169, 260087, 235035, shapes=_INTERVAL
        ),
        _surface("sdswrf dswrf", 260087),
    ),
    "longwave_down": (
        _surface(
            "strd sdlwrf avg_sdlwrf msdwlwrf dlwrf rlds", 175, 260097, 235036, shapes=_INTERVAL
        ),
        _surface("sdlwrf dlwrf", 260097),
    ),
    "cloud_cover": (
        _surface("tcc clt tcdc", 164, 228164),
        _surface("tcc clt tcdc", 164, 228164, shapes=_INTERVAL),
    ),
    "model_elevation": (
        _surface("z", 129),
        _surface("orog h hgt_surface hgt hsurf topo surface_altitude", 228002, 3008),
        Candidate(names=frozenset({"gh"}), params=frozenset({156}), levels=frozenset({"surface"})),
    ),
    "model_land_fraction": (_surface("lsm land sftlf", 172),),
    **{
        f"soil_{'temperature' if warm else 'moisture'}_{layer}": _soil(
            layer, number, temperature=warm
        )
        for warm in (True, False)
        for layer, number in _SOIL_LAYERS.items()
    },
}
"""Quantities of the vocabulary, and those they are derived from, by preference."""

STATIC: Final = frozenset({"model_elevation", "model_land_fraction"})

FILE_UNITS: Final[Mapping[str, str]] = {
    "relative_humidity": "%",
    "specific_humidity": "kg kg-1",
    "wind_speed": "m s-1",
    "wind_direction": "degree",
}
"""Units asked of the quantities that only serve to derive others."""


def shape_of(field: xr.DataArray) -> Shape:
    """Say how a raw field stands for time, from its step type and, without one, its unit.

    An amount (mm, J m-2) always belongs to an interval, even where old encodings
    (ECMWF GRIB 1, netCDF) call it instant; a rate without an interval is an instant.
    """
    kind = str(field.attrs.get("step_type", "instant")).lower()
    if kind in _EXTREMES:
        return "extreme"
    if kind in ("accum", "avg", "sum", "mean"):
        return "interval"
    unit = canonical(str(field.attrs.get("units", "")))
    names = str(field.attrs.get("short_name", "")).lower()
    is_amount = unit in _AMOUNTS and any(
        names in candidate.names or int(field.attrs.get("param", -1)) in candidate.params
        for quantity in ("precipitation", "snowfall_water", "shortwave_down", "longwave_down")
        for candidate in CANDIDATES[quantity][:1]
    )
    return "interval" if is_amount else "instant"


def is_rate(unit: str) -> bool:
    """Say whether a unit is per time (or a fraction), so that it is averaged and not summed."""
    return canonical(unit) in _RATES or canonical(unit) in ("1", "%")


def recognise(field: xr.DataArray) -> Meaning | None:
    """Find the quantity of a raw field, or None where the vocabulary has no place for it."""
    shape = shape_of(field)
    for quantity, candidates in CANDIDATES.items():
        for rank, candidate in enumerate(candidates):
            if candidate.accepts(field, shape):
                return Meaning(quantity, rank, shape)
    return None
