"""Names under which netCDF files keep what GRIB calls by short name.

ERA5 (ECMWF's conversion), wgrib2's conversion (`TMP_2maboveground`), NOAA's OPeNDAP service
(`tmp2m`) and CF standard names with a height.
"""

import re
from typing import Any, Final, NamedTuple


class Meaning(NamedTuple):
    """What a variable is, in the words of GRIB.

    Attributes:
        short_name: ecCodes short name.
        type_of_level: ecCodes level type; empty where the file's own level decides.
        level: level in the unit of its type.
        step_type: instant, accum, avg, max or min.
    """

    short_name: str
    type_of_level: str = "surface"
    level: float = 0.0
    step_type: str = "instant"


def _at(height: float, *names: str) -> dict[str, Meaning]:
    pairs = (name.split("=") for name in names)
    return {name: Meaning(short, "heightAboveGround", height) for name, short in pairs}


def _surface(step_type: str, *names: str) -> dict[str, Meaning]:
    pairs = (name.split("=") for name in names)
    return {name: Meaning(short, "surface", 0.0, step_type) for name, short in pairs}


BY_NAME: Final[dict[str, Meaning]] = {
    **_at(2.0, "t2m=2t", "d2m=2d", "r2=2r", "sh2=2sh", "tmp2m=2t", "dpt2m=2d", "rh2m=2r"),
    **_at(2.0, "spfh2m=2sh"),
    **_at(10.0, "u10=10u", "v10=10v", "si10=10si", "ugrd10m=10u", "vgrd10m=10v", "i10fg=i10fg"),
    **_at(100.0, "u100=100u", "v100=100v", "ugrd100m=100u", "vgrd100m=100v"),
    **_surface("instant", "sp=sp", "lsm=lsm", "skt=skt", "tcc=tcc", "lcc=lcc", "mcc=mcc"),
    **_surface("instant", "hcc=hcc", "sd=sd", "pressfc=sp", "gustsfc=gust", "hgtsfc=orog"),
    **_surface("instant", "landsfc=lsm", "tmpsfc=t", "orog=orog", "tcdcclm=tcc"),
    **_surface("accum", "tp=tp", "cp=cp", "lsp=lsp", "sf=sf", "ssrd=ssrd", "strd=strd"),
    **_surface("accum", "ssr=ssr", "str=str", "tisr=tisr", "sshf=sshf", "slhf=slhf", "e=e"),
    **_surface("accum", "pev=pev", "ro=ro", "smlt=smlt", "fdir=fdir", "ssrdc=ssrdc", "uvb=uvb"),
    **_surface("accum", "apcpsfc=tp", "acpcpsfc=acpcp"),
    **_surface("avg", "dswrfsfc=sdswrf", "dlwrfsfc=sdlwrf", "tcdcaveclm=tcc"),
    **_surface("max", "fg10=10fg", "mx2t=mx2t"),
    **_surface("min", "mn2t=mn2t"),
    "tmax2m": Meaning("tmax", "heightAboveGround", 2.0, "max"),
    "tmin2m": Meaning("tmin", "heightAboveGround", 2.0, "min"),
    "msl": Meaning("msl", "meanSea"),
    "prmslmsl": Meaning("prmsl", "meanSea"),
    "stl1": Meaning("stl1", "depthBelowLandLayer", 0.0),
    "stl2": Meaning("stl2", "depthBelowLandLayer", 7.0),
    "stl3": Meaning("stl3", "depthBelowLandLayer", 28.0),
    "stl4": Meaning("stl4", "depthBelowLandLayer", 100.0),
    "swvl1": Meaning("swvl1", "depthBelowLandLayer", 0.0),
    "swvl2": Meaning("swvl2", "depthBelowLandLayer", 7.0),
    "swvl3": Meaning("swvl3", "depthBelowLandLayer", 28.0),
    "swvl4": Meaning("swvl4", "depthBelowLandLayer", 100.0),
}
"""ERA5 and NOMADS names; soil layers in cm, as GRIB 1 has them."""

_WGRIB2: Final = re.compile(r"([A-Z0-9]+)_(surface|meansealevel|(\d+)maboveground|(\d+)mb)(?:_.*)?")
_WGRIB2_HEIGHT: Final = {
    "TMP": "t", "DPT": "d", "RH": "r", "SPFH": "sh", "UGRD": "u", "VGRD": "v", "WIND": "si",
    "PRES": "pres",
}  # fmt: skip
_WGRIB2_SURFACE: Final = {
    "PRES": ("sp", "instant"), "GUST": ("gust", "instant"), "HGT": ("orog", "instant"),
    "LAND": ("lsm", "instant"), "TMP": ("t", "instant"), "APCP": ("tp", "accum"),
    "DSWRF": ("sdswrf", "avg"), "DLWRF": ("sdlwrf", "avg"), "WEASD": ("sdwe", "instant"),
    "SNOD": ("sde", "instant"), "PRATE": ("prate", "instant"),
}  # fmt: skip
_WGRIB2_LEVEL: Final = {
    "TMP": "t", "RH": "r", "SPFH": "q", "UGRD": "u", "VGRD": "v", "HGT": "gh",
}  # fmt: skip

_STANDARD_NAMES: Final = {
    ("air_temperature", 2.0): "2t",
    ("dew_point_temperature", 2.0): "2d",
    ("relative_humidity", 2.0): "2r",
    ("specific_humidity", 2.0): "2sh",
    ("eastward_wind", 10.0): "10u",
    ("northward_wind", 10.0): "10v",
    ("wind_speed", 10.0): "10si",
    ("wind_from_direction", 10.0): "10wdir",
    ("wind_speed_of_gust", 10.0): "gust",
    ("surface_air_pressure", 0.0): "sp",
    ("air_pressure_at_mean_sea_level", 0.0): "msl",
    ("air_pressure_at_sea_level", 0.0): "msl",
    ("precipitation_amount", 0.0): "tp",
    ("lwe_thickness_of_precipitation_amount", 0.0): "tp",
    ("precipitation_flux", 0.0): "prate",
    ("surface_downwelling_shortwave_flux_in_air", 0.0): "sdswrf",
    ("surface_downwelling_longwave_flux_in_air", 0.0): "sdlwrf",
    ("cloud_area_fraction", 0.0): "tcc",
    ("surface_altitude", 0.0): "orog",
    ("surface_geopotential", 0.0): "z",
    ("land_binary_mask", 0.0): "lsm",
    ("land_area_fraction", 0.0): "lsm",
}
_SUMS: Final = frozenset({"precipitation_amount", "lwe_thickness_of_precipitation_amount"})


_ON_PRESSURE: Final = {
    "air_temperature": "t",
    "eastward_wind": "u",
    "northward_wind": "v",
    "relative_humidity": "r",
    "specific_humidity": "q",
    "geopotential": "z",
    "geopotential_height": "gh",
}


def meaning(
    name: str, attributes: dict[str, Any], *, kind: str = "", level: float | None = None
) -> Meaning:
    """Say what a variable is; an unknown one keeps its own name. Heights are never assumed.

    Args:
        name: variable name in the file.
        attributes: its attributes (standard_name, GRIB_shortName, …).
        kind: ecCodes level type of the level coordinate, where the file has one.
        level: its value, metres or hPa.
    """
    pressure = kind == "isobaricInhPa"
    known = None if pressure else BY_NAME.get(name) or _of_wgrib2(name)
    if known is not None:
        return known
    placed_kind, placed_level = kind or "surface", level or 0.0
    short_name = attributes.get("GRIB_shortName")
    standard = str(attributes.get("standard_name", ""))
    if short_name:
        stated = str(attributes.get("GRIB_typeOfLevel", placed_kind))
        placed_level = placed_level if kind else float(attributes.get("GRIB_level", 0.0))
        return Meaning(str(short_name), kind or stated, placed_level)
    if pressure:
        return Meaning(_ON_PRESSURE.get(standard, name), kind, placed_level)
    short = _STANDARD_NAMES.get((standard, placed_level))
    if short is None:
        return Meaning(name, placed_kind, placed_level)
    if not placed_level:
        placed_kind = "meanSea" if short == "msl" else "surface"
    step_type = "accum" if standard in _SUMS else "instant"
    return Meaning(short, placed_kind, placed_level, step_type)


def _of_wgrib2(name: str) -> Meaning | None:
    match = _WGRIB2.fullmatch(name)
    if match is None:
        return None
    code, place, height, pressure = match.groups()
    if height is not None:
        return _wgrib2_height(code, height)
    if pressure is not None and code in _WGRIB2_LEVEL:
        return Meaning(_WGRIB2_LEVEL[code], "isobaricInhPa", float(pressure))
    if place == "meansealevel":
        return Meaning(code.lower(), "meanSea")
    if place == "surface" and code in _WGRIB2_SURFACE:
        short, step_type = _WGRIB2_SURFACE[code]
        return Meaning(short, "surface", 0.0, step_type)
    return None


def _wgrib2_height(code: str, height: str) -> Meaning | None:
    if code in ("TMAX", "TMIN"):
        return Meaning(code.lower(), "heightAboveGround", float(height), code[1:].lower())
    if code not in _WGRIB2_HEIGHT:
        return None
    short = _WGRIB2_HEIGHT[code]
    near = height in ("2", "10", "100") and short != "pres"
    return Meaning(f"{height}{short}" if near else short, "heightAboveGround", float(height))
