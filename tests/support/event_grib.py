"""Made weather on a 0.25° grid as GRIB2 files in ECMWF's layout, for whole runs in tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import eccodes
import numpy as np
import numpy.typing as npt

from forecast.ingest.scenario import relief
from forecast.regions import data_path
from forecast.units import STANDARD_GRAVITY, ZERO_CELSIUS_K
from grids import BoundingBox

Floats = npt.NDArray[np.float64]

STEP = 3
"""Hours from file to file."""
SUMS = {"tp": 1e-3, "ssrd": 3600.0}
"""What is summed since the start, and what an hour's value is multiplied by."""
OF_MEMBERS = frozenset({"2t", "2d", "10u", "10v", "sp", "tp", "10fg"})
_STATISTIC = {"tp": 1, "ssrd": 1, "10fg": 2}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where and when: hours since the cycle on (hour, 1, 1), the rest on (latitude, longitude).

    `clock` is Beijing time of the hour, 0 to 24; `height` the model's, m.
    """

    hours: Floats
    clock: Floats
    latitude: Floats
    longitude: Floats
    height: Floats
    land: Floats


@dataclass(frozen=True, kw_only=True)
class Sky:
    """Weather at every hour; rain, sun and gust are those of the hour that ends there."""

    celsius: Floats
    dew_celsius: Floats
    wind: tuple[Floats, Floats]
    gust: Floats
    cloud: Floats
    rain_mm: Floats
    sun_w: Floats


@dataclass(frozen=True, kw_only=True)
class Event:
    """A made event.

    Attributes:
        cycle: start of the run, UTC.
        hours: last lead hour, a multiple of `STEP`.
        area: nodes from and to which are written, degrees.
        sky: of a member; 0 is the control.
        members: perturbed members.
    """

    cycle: datetime
    hours: int
    area: BoundingBox
    sky: Callable[[Scene, int], Sky]
    members: int = 0
    _templates: dict[tuple[str, bool], int] = field(default_factory=dict, init=False)

    @cached_property
    def scene(self) -> Scene:
        """The model's surface is that of the bundled scenario: the terrain averaged to cells."""
        surface = relief.relief(data_path("terrain"))
        rows = _inside(relief.LATITUDE, self.area.south, self.area.north)
        columns = _inside(relief.LONGITUDE, self.area.west, self.area.east)
        hours = np.arange(0.0, self.hours + 1.0)[:, None, None]
        return Scene(
            hours=hours,
            clock=(hours + self.cycle.hour + 8.0) % 24.0,
            latitude=np.broadcast_to(relief.LATITUDE[rows, None], (rows.size, columns.size)),
            longitude=np.broadcast_to(relief.LONGITUDE[columns], (rows.size, columns.size)),
            height=surface.elevation[np.ix_(rows, columns)],
            land=surface.land_fraction[np.ix_(rows, columns)],
        )

    def write(self, folder: Path) -> list[Path]:
        """One file a step for the control, and one for the members."""
        folder.mkdir(parents=True, exist_ok=True)
        skies = [self.sky(self.scene, member) for member in range(self.members + 1)]
        paths = []
        for step in range(0, self.hours + 1, STEP):
            for members in ((0,), tuple(range(1, self.members + 1))):
                content = b"".join(
                    message
                    for number in members
                    for message in self._step(skies[number], step, number)
                )
                stream = "enfo-ef" if members != (0,) else "oper-fc"
                path = folder / f"{self.cycle:%Y%m%d%H}0000-{step}h-{stream}.grib2"
                if content:
                    path.write_bytes(content)
                    paths.append(path)
        return paths

    def _step(self, sky: Sky, step: int, member: int) -> Iterator[bytes]:
        """The messages of a step: instants, sums since the start, gusts of the hours before."""
        for name, values in self._fields(sky, step, member).items():
            start = {"10fg": step - STEP}.get(name, 0) if name in _STATISTIC else None
            if start is None or step:
                yield self._message(name, values, (start, step), member)

    def _fields(self, sky: Sky, step: int, member: int) -> dict[str, Floats]:
        scene, now = self.scene, step
        warmth = sky.celsius[now] + 0.00325 * scene.height + ZERO_CELSIUS_K
        pressure = 101_800.0 * np.exp(-STANDARD_GRAVITY * scene.height / (287.05 * warmth))
        fields = {
            "2t": sky.celsius[now] + ZERO_CELSIUS_K,
            "2d": sky.dew_celsius[now] + ZERO_CELSIUS_K,
            "10u": sky.wind[0][now],
            "10v": sky.wind[1][now],
            "sp": pressure,
            "tcc": sky.cloud[now],
            "10fg": sky.gust[max(now - STEP + 1, 0) : now + 1].max(axis=0),
            "tp": sky.rain_mm[1 : now + 1].sum(axis=0) * SUMS["tp"],
            "ssrd": sky.sun_w[1 : now + 1].sum(axis=0) * SUMS["ssrd"],
        }
        if member:
            return {name: values for name, values in fields.items() if name in OF_MEMBERS}
        if step == 0:
            fields |= {"z": scene.height * STANDARD_GRAVITY, "lsm": scene.land}
        return fields

    def _message(
        self, name: str, values: Floats, span: tuple[int | None, int], member: int
    ) -> bytes:
        start, end = span
        handle = eccodes.codes_clone(self._template(name, perturbed=member > 0))
        try:
            eccodes.codes_set(handle, "stepRange", str(end) if start is None else f"{start}-{end}")
            if member:
                eccodes.codes_set(handle, "perturbationNumber", member)
            shaped = np.broadcast_to(values, self.scene.height.shape)
            eccodes.codes_set_values(handle, shaped[::-1].astype(float).ravel())
            return bytes(eccodes.codes_get_message(handle))
        finally:
            eccodes.codes_release(handle)

    def _template(self, name: str, *, perturbed: bool) -> int:
        """An empty message; setting keys takes longer than all else."""
        if (name, perturbed) not in self._templates:
            handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
            statistic = _STATISTIC.get(name)
            template = (0 if statistic is None else 8, 1 if statistic is None else 11)[perturbed]
            keys = (
                *self._origin(perturbed=perturbed),
                *self._grid(),
                ("productDefinitionTemplateNumber", template),
                ("shortName", name),
                *([] if statistic is None else [("typeOfStatisticalProcessing", statistic)]),
                *([("numberOfForecastsInEnsemble", self.members)] if perturbed else []),
                ("bitsPerValue", 16),
            )
            for key, value in keys:
                eccodes.codes_set(handle, key, value)
            self._templates[name, perturbed] = handle
        return self._templates[name, perturbed]

    def _origin(self, *, perturbed: bool) -> tuple[tuple[str, str | int], ...]:
        return (
            ("tablesVersion", 32),
            ("centre", "ecmf"),
            ("setLocalDefinition", 1),
            ("class", "od"),
            ("type", "pf" if perturbed else "fc"),
            ("stream", "enfo" if perturbed else "oper"),
            ("expver", "0001"),
            ("dataDate", int(f"{self.cycle:%Y%m%d}")),
            ("dataTime", self.cycle.hour * 100),
        )

    def _grid(self) -> tuple[tuple[str, float | int], ...]:
        latitude, longitude = self.scene.latitude[:, 0], self.scene.longitude[0]
        return (
            ("Ni", longitude.size),
            ("Nj", latitude.size),
            ("latitudeOfFirstGridPointInDegrees", float(latitude[-1])),
            ("latitudeOfLastGridPointInDegrees", float(latitude[0])),
            ("longitudeOfFirstGridPointInDegrees", float(longitude[0])),
            ("longitudeOfLastGridPointInDegrees", float(longitude[-1])),
            ("iDirectionIncrementInDegrees", relief.SPACING),
            ("jDirectionIncrementInDegrees", relief.SPACING),
        )


def sunshine(scene: Scene, cloud: Floats) -> Floats:
    """Radiation of a clear spring day, W m-2, less what cloud takes (Kasten & Czeplak 1980)."""
    height = np.maximum(np.sin(np.pi * (scene.clock - 6.5) / 12.5), 0.0)
    return np.asarray(780.0 * height * (1.0 - 0.75 * cloud**3.4)) + 0.0 * scene.height


def _inside(axis: Floats, first: float, last: float) -> npt.NDArray[np.intp]:
    return np.flatnonzero((axis >= first - 1e-9) & (axis <= last + 1e-9))
