"""The bundled scenario: a simulated April cold wave as real GRIB files in ECMWF's layout."""

from pathlib import Path

import eccodes
import xarray as xr

from forecast.ingest.scenario.files import CYCLE, MARKER, MEMBERS, STEPS, write
from forecast.ingest.scenario.past import write_past
from forecast.ingest.scenario.relief import AREA
from forecast.ingest.simulated import is_marked

__all__ = ["AREA", "CYCLE", "MARKER", "MEMBERS", "STEPS", "is_simulated", "write", "write_past"]


def is_simulated(subject: Path | str | xr.Dataset | xr.DataArray) -> bool:
    """Say whether data stem from the scenario.

    Args:
        subject: a folder or file of the scenario, or data whose attribute `simulated` says so.
            A GRIB file is told by the mark in its first message, wherever it lies.
    """
    if isinstance(subject, xr.Dataset | xr.DataArray):
        return str(subject.attrs.get("simulated", "false")).lower() == "true"
    path = Path(subject)
    if path.is_dir():
        return (path / MARKER).is_file()
    with path.open("rb") as stream:
        if stream.read(4) != b"GRIB":
            return False
        stream.seek(0)
        handle = eccodes.codes_grib_new_from_file(stream)
    try:
        return is_marked(handle)
    finally:
        eccodes.codes_release(handle)
