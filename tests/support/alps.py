"""The western Alps on 1 May 2018: a published cycle of a real run, and the run's own files."""

from dataclasses import dataclass
from pathlib import Path

import eccodes
import numpy as np
import numpy.typing as npt

from tests.support.commands import environment, succeed
from tests.support.data import shared_data

RUN = "meteonet_arpege_arome_20180501"
TERRAIN = "globe_30s_south_europe/globe30s_lat34-50_lon0-46.nc"
NOW = "2018-05-01T06:00:00Z"
PLACES = {
    "Chamonix": (45.923, 6.869),
    "Grenoble": (45.188, 5.724),
    "Marseille": (43.296, 5.370),
}
"""Latitude and longitude, degrees."""

_REGION = """
name = "alps"
label_zh = "阿尔卑斯山西段"
label_en = "Western Alps"
timezone = "Europe/Paris"
spacing = 0.01
terrain = "{terrain}"

[box]
west = 3.5
south = 42.2
east = 9.5
north = 46.2
"""


@dataclass(frozen=True)
class Alps:
    """Where the region file and the store of the published cycle lie."""

    folder: Path

    @property
    def region(self) -> Path:
        return self.folder / "alps.toml"

    @property
    def env(self) -> dict[str, str]:
        """Settings of this region, its clock at 06 UTC of the day."""
        return environment(
            store=self.folder / "store", regions=self.region, now=NOW, downloads=self.folder
        )

    @property
    def cycle(self) -> Path:
        """Folder of the published cycle."""
        (cycle,) = (self.folder / "store" / "alps" / "cycles").iterdir()
        return cycle


def publish(folder: Path) -> None:
    """Publish the cycle by the command that people use."""
    inputs = run_files()
    alps = Alps(folder)
    alps.region.write_text(_REGION.format(terrain=shared_data(TERRAIN)), encoding="utf-8")
    ended = succeed(
        *("run", "--region", alps.region, "--source", "files", "--input", *inputs), env=alps.env
    )
    assert "400 x 600 cells" in ended.stderr


def run_files() -> list[Path]:
    """The files of the ARPEGE run, or a skip."""
    return sorted(shared_data(RUN).glob("arpege_*SE*.grib"))


@dataclass(frozen=True)
class RawField:
    """One message as ecCodes decodes it: axes ascending, degrees, values [latitude, longitude]."""

    name: str
    hour: int
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]

    def bilinear(
        self, latitude: npt.ArrayLike, longitude: npt.ArrayLike
    ) -> npt.NDArray[np.float64]:
        """Values on the lattice of two axes, by linear interpolation along each."""
        along = np.stack([np.interp(longitude, self.longitude, row) for row in self.values])
        return np.stack([np.interp(latitude, self.latitude, column) for column in along.T]).T


def decoded(path: Path) -> dict[tuple[str, int], RawField]:
    """Every message of a file on a regular grid, by name and hour, without our reader."""
    fields = {}
    with path.open("rb") as file:
        while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
            field = _decoded(handle)
            fields[field.name, field.hour] = field
            eccodes.codes_release(handle)
    return fields


def _decoded(handle: int) -> RawField:
    rows, columns = eccodes.codes_get(handle, "Nj"), eccodes.codes_get(handle, "Ni")
    axes = [
        np.linspace(*(eccodes.codes_get(handle, f"{axis}Of{end}GridPointInDegrees")
                      for end in ("First", "Last")), count)
        for axis, count in (("latitude", rows), ("longitude", columns))
    ]  # fmt: skip
    values = eccodes.codes_get_values(handle).reshape(rows, columns)
    return RawField(
        name=eccodes.codes_get(handle, "shortName"),
        hour=int(eccodes.codes_get(handle, "endStep")),
        latitude=axes[0][::-1],
        longitude=axes[1],
        values=values[::-1],
    )
