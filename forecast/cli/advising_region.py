"""`advise` for a whole region: maps of grades, areas per grade, and a picture to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import SIMULATED_WORDS
from forecast.cli.console import emit, progress, say
from forecast.errors import InvalidRequest

if TYPE_CHECKING:
    from forecast.service import ForecastService
    from forecast.service.advice.areas import Zone
    from forecast.service.advice.masks import Mask
    from forecast.service.advice.region import RegionGrades
    from grids import Grid

FORMATS = ("netcdf", "tif")
METHOD = (
    "land, or where the mask says that the crop grows; shares of cells from 10 x 10 points in each;"
    " areas of cells on the sphere; 1 km2 = 1500 mu"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is read and written beside the maps.

    Attributes:
        rules: names by comma, or None for all.
        box: W,S,E,N in degrees, or None for all of the region.
        mask: where the crop grows: GeoJSON, GeoTIFF or netCDF.
        areas: zones with the property `name`: GeoJSON.
        areas_output: areas per grade, .csv or .json.
        format: `netcdf`, or `tif` for a folder of GeoTIFF.
        picture: PNG of the worst state of each rule.
    """

    rules: str | None = None
    box: str | None = None
    mask: Path | None = None
    areas: Path | None = None
    areas_output: Path | None = None
    format: str = "netcdf"
    picture: Path | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Files":
        """Check what goes together.

        Args:
            given: by the names of the attributes; None is not given.

        Raises:
            InvalidRequest: another format, or areas of which nothing is written.
        """
        known = {field.name for field in fields(cls)}
        made = cls(**{k: v for k, v in given.items() if k in known and v is not None})
        if made.format not in FORMATS:
            raise InvalidRequest(
                f"format {made.format!r} was asked; allowed are {', '.join(FORMATS)}"
            )
        if made.areas_output is None and (made.mask or made.areas):
            asked = "--mask" if made.mask else "--areas"
            raise InvalidRequest(
                f"{asked} was asked without --areas-output; allowed is with a file that ends in"
                " .csv or .json"
            )
        return made


def run(
    service: "ForecastService",
    *,
    region: str,
    crop: str,
    output: Path,
    options: Mapping[str, Any],
) -> None:
    """Write the grades of a crop in all cells of a region.

    Args:
        service: of the region.
        region: its name.
        crop: profile, its first part, or a name.
        output: netCDF file, or the folder of GeoTIFF.
        options: those of `ask_region`, and those of `Files`.

    Raises:
        InvalidRequest: something cannot be as it was asked.
        ForecastExpired: the cycle is too old to advise from.
    """
    from forecast.service.advice.region import ask_region

    files = Files.of(options)
    held = {field.name for field in fields(Files)}
    rest = {name: value for name, value in options.items() if name not in held}
    question = ask_region(
        service, region=region, crop=crop, rules=files.rules, box=files.box, **rest
    )
    grid = service.region(region).region.grid
    if question.box is not None:
        rows, columns = grid.within(question.box)
        grid = grid.window(rows=rows, columns=columns)
    zones, mask = _read(files, grid)
    with progress() as report:
        found = service.grade_region(question, report=report)
    if found.grid != grid:
        zones, mask = _read(files, found.grid)
    if found.passport["simulated"]:
        say(SIMULATED_WORDS)
    _write(found, files, output)
    if files.areas_output is not None:
        _write_areas(found, files.areas_output, zones=zones, mask=mask)
    emit(str(output))


def _read(files: Files, grid: "Grid") -> "tuple[list[Zone], Mask | None]":
    """Zones and mask, and whether their areas and the picture can be written, before the work."""
    from forecast.export.areas import check_areas
    from forecast.export.grade_picture import require_pyplot
    from forecast.service.advice.areas import zones_of
    from forecast.service.advice.masks import read_mask

    if files.picture is not None:
        require_pyplot()
    if files.areas_output is not None:
        check_areas(files.areas_output)
    zones = [] if files.areas is None else zones_of(files.areas, grid)
    return zones, None if files.mask is None else read_mask(files.mask, grid)


def _write(found: "RegionGrades", files: Files, output: Path) -> None:
    from forecast.export import write_geotiffs, write_grades
    from forecast.export.grade_picture import draw_grades

    with progress() as report:
        if files.format == "tif":
            written = write_geotiffs(found.maps, output, provenance=found.passport, report=report)
            say(f"{len(written) - 1} GeoTIFF files and their manifest in {output}")
        else:
            told = write_grades(found.maps, output, provenance=found.passport, report=report)
            say(
                f"{told.cells:,} cells x {told.times} days x {len(told.variables)} maps,"
                f" {told.size / 1e6:.1f} MB, sha256 {told.sha256[:12]}…"
            )
    if files.picture is not None:
        count = draw_grades(found.maps, files.picture, provenance=found.passport)
        say(f"{count} maps drawn in {files.picture}")


def _write_areas(
    found: "RegionGrades", path: Path, *, zones: "list[Zone]", mask: "Mask | None"
) -> None:
    from forecast.export.areas import write_areas
    from forecast.service.advice.areas import areas, rows_of

    documents = areas(
        found.maps,
        found.grid,
        zones=zones,
        crop=found.land if mask is None else mask.share,
        name=found.question.region,
    )
    document = {
        "simulated": found.passport["simulated"],
        "passport": found.passport,
        "mask": None if mask is None else mask.about,
        "method": METHOD,
        "zones": documents,
    }
    write_areas(document, rows_of(documents), path=path)
    cut = [zone["name"] for zone in documents if zone["cut"]]
    if cut:
        say(f"zones that reach beyond the region, counted within it: {', '.join(cut[:5])}")
    say(f"areas of {len(documents)} zones in {path}")
