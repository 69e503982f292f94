"""Maps of grades for agencies: CF netCDF-4, or one GeoTIFF with colours for each rule and day."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import netCDF4
import numpy as np
import numpy.typing as npt
import rasterio
import xarray as xr

from forecast.export.colours import ABSENT, OUTSIDE, colour_table
from forecast.export.manifest import ExportReport, Report, whole_file, write_manifest
from forecast.export.netcdf import (
    file_attributes,
    new_file,
    spacing_of,
    time_axis,
    write_axis,
    write_grid,
)
from forecast.times import hours_since
from grids.cf import AXES, GRID_MAPPING

CHUNK_CELLS: Final = 128
CHANCE_SCALE: Final = 10_000
MISSING: Final = -32768

_DAY_LABEL: Final = "date of the day; its bounds say from when to when it lasts"
_STATIC: Final = {
    "elevation": {
        "standard_name": "surface_altitude",
        "long_name": "elevation above sea level",
        "units": "m",
    }
}
_ZLIB: Final[Mapping[str, Any]] = {
    "zlib": True,
    "complevel": 1,
    "shuffle": True,
    "fletcher32": True,
}


def write_grades(
    maps: xr.Dataset,
    path: Path,
    *,
    provenance: Mapping[str, Any],
    report: Report | None = None,
) -> ExportReport:
    """Write maps of grades as CF netCDF-4, map by map.

    Args:
        maps: from `advise.grading.grade_maps`: int8 codes with flags, and float32 chances and
            hours, on (level,) day, latitude, longitude; lazy ones are computed one by one.
        path: the file; it appears only when it is whole.
        provenance: facts for the global attributes and the manifest.
        report: called with (stage, done, total) as maps are written.

    Returns:
        What was written; the same stands in `<path>.manifest.json`.
    """
    with new_file(path) as file:
        _write_axes(file, maps)
        file.setncatts(_global_attributes(maps, provenance))
        for count, (name, field) in enumerate(maps.data_vars.items(), start=1):
            _write_map(file, str(name), field)
            if report is not None:
                report("writing maps", count, len(maps.data_vars))
    return write_manifest(
        path,
        variables=tuple(map(str, maps.data_vars)),
        times=maps.sizes["day"],
        cells=maps.sizes["latitude"] * maps.sizes["longitude"],
        provenance=provenance,
    )


def write_geotiffs(
    maps: xr.Dataset,
    folder: Path,
    *,
    provenance: Mapping[str, Any],
    report: Report | None = None,
) -> tuple[Path, ...]:
    """Write each map of codes and day as a GeoTIFF with colours, and a manifest of all.

    A pixel holds the code; 254 stands for not applicable and 255, the missing value, for no data.

    Args:
        maps: from `advise.grading.grade_maps`.
        folder: made if it is not there.
        provenance: facts for the tags and the manifest.
        report: called with (stage, done, total) as files are written.

    Returns:
        The files, and the manifest last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planes = list(_planes(maps))
    written = []
    for count, (name, day, field) in enumerate(planes, start=1):
        path = folder / f"{name}.{day}.tif"
        with whole_file(path) as partial:
            _write_tiff(partial, field, tags=_tags(maps, field, provenance))
        written.append(path)
        if report is not None:
            report("writing GeoTIFF", count, len(planes))
    files = [
        {"file": one.name, "size": one.stat().st_size, "sha256": _digest(one)} for one in written
    ]
    manifest = folder / "manifest.json"
    with whole_file(manifest) as partial:
        text = json.dumps({"files": files, "provenance": dict(provenance)}, ensure_ascii=False)
        partial.write_text(text, encoding="utf-8")
    return (*written, manifest)


def pixels(codes: npt.NDArray[np.int8]) -> npt.NDArray[np.uint8]:
    """Codes as pixels from north to south: not applicable and no data become 254 and 255."""
    made = codes[::-1].astype(np.int16)
    made[made == -2] = OUTSIDE
    made[made == -1] = ABSENT
    return made.astype(np.uint8)


def _planes(maps: xr.Dataset) -> Iterator[tuple[str, str, xr.DataArray]]:
    """Name, day and plane of each map of codes."""
    for name, field in maps.data_vars.items():
        if "flag_values" in field.attrs:
            for place, day in enumerate(field["day"].values):
                label = str(np.datetime_as_string(day, unit="D"))
                yield str(name), label, field.isel(day=place)


def _write_tiff(path: Path, field: xr.DataArray, *, tags: Mapping[str, str]) -> None:
    latitude, longitude = field["latitude"].values, field["longitude"].values
    tall, wide = (round(spacing_of(field, name), 9) for name in ("latitude", "longitude"))
    west, north = round(float(longitude[0]) - wide / 2, 9), round(float(latitude[-1]) + tall / 2, 9)
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "height": latitude.size,
        "width": longitude.size,
        "crs": "EPSG:4326",
        "transform": rasterio.Affine(wide, 0.0, west, 0.0, -tall, north),
        "nodata": ABSENT,
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(pixels(field.values), 1)
        file.write_colormap(1, colour_table(str(field.attrs["kind"])))
        file.update_tags(**tags)


def _tags(maps: xr.Dataset, field: xr.DataArray, provenance: Mapping[str, Any]) -> dict[str, str]:
    kept = ("rule_id", "kind", "profile", "long_name", "long_name_zh", "labels_zh", "labels_en")
    codes = " ".join(map(str, field.attrs["flag_values"].tolist()))
    return {
        **{key: str(field.attrs[key]) for key in kept},
        "codes": f"{codes} (-2 is written as {OUTSIDE}, -1 as {ABSENT})",
        "cycle": str(provenance.get("cycle", "")),
        "simulated": "true" if provenance.get("simulated") else "false",
        "day_boundary": str(maps.attrs["day_boundary"]),
    }


def _write_axes(file: netCDF4.Dataset, maps: xr.Dataset) -> None:
    since = np.datetime64(str(maps.attrs["issued"]).removesuffix("Z"), "ns")
    edges = [hours_since(maps[name].values, since) for name in ("day_start", "day_end")]
    labels, bounds = hours_since(maps["day"].values, since), np.stack(edges, axis=1)
    write_axis(file, "day", values=labels, bounds=bounds, attributes=time_axis(_DAY_LABEL, since))
    write_grid(file, maps, since=since)
    if "level" in maps.coords:
        file.createDimension("level", maps.sizes["level"])
        level = file.createVariable("level", "i1", ("level",))
        level.setncatts(dict(maps["level"].attrs))
        level[:] = maps["level"].values
    for name, about in _STATIC.items():
        if name in maps.coords:
            _create(file, name, maps[name], kind="f4", fill=np.float32(np.nan)).setncatts(about)
            file[name][:] = maps[name].values


def _write_map(file: netCDF4.Dataset, name: str, field: xr.DataArray) -> None:
    values, attributes = field.values, {**field.attrs, "coordinates": "forecast_reference_time"}
    if values.dtype == np.int8:
        created, packed = _create(file, name, field, kind="i1", fill=None), values
    else:
        created = _create(file, name, field, kind="i2", fill=np.int16(MISSING))
        scale = CHANCE_SCALE if attributes["units"] == "1" else 1
        filled = np.where(np.isnan(values), MISSING, np.rint(values * scale))
        packed = filled.astype(np.int16)
        attributes |= {"scale_factor": 1.0 / scale, "add_offset": 0.0} if scale > 1 else {}
    created.set_auto_maskandscale(False)
    created.setncatts(attributes)
    created[:] = packed


def _create(
    file: netCDF4.Dataset, name: str, field: xr.DataArray, *, kind: str, fill: Any
) -> netCDF4.Variable:
    chunks = tuple(
        min(CHUNK_CELLS, size) if dim in AXES else 1
        for dim, size in zip(field.dims, field.shape, strict=True)
    )
    created = file.createVariable(
        name, kind, tuple(map(str, field.dims)), fill_value=fill, chunksizes=chunks, **_ZLIB
    )
    created.setncattr("grid_mapping", GRID_MAPPING)
    return created


def _global_attributes(maps: xr.Dataset, provenance: Mapping[str, Any]) -> dict[str, str]:
    issued = str(maps.attrs["issued"])
    kept = ("profile", "crop_zh", "day_boundary", "single_forecast")
    return file_attributes(
        provenance,
        title=f"Zhitian advice: {maps.attrs['crop']}",
        source=f"cycle {issued}, downscaled, judged by {maps.attrs['profile']}",
        history=f"{provenance.get('created', issued)} zhitian advise",
        comment="Codes are explained by flag_meanings, labels_en and labels_zh of each map.",
        cycle_id=str(provenance.get("cycle", "")),
        **{key: str(maps.attrs[key]) for key in kept},
    )


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
