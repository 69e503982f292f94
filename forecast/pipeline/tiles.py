"""One tile of one cycle: downscaled and written, in any thread or process."""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import downscale
from forecast.downscale import Plan
from forecast.store import FileEntry, Staging, Tile, TileLayout, Window, write_tile
from forecast.variables import unpack

TEMPERATURE = "temperature_2m"


def tile_tasks(
    plan_folder: Path, staging: Staging
) -> Iterator[tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Tasks that write every tile of a cycle; they carry keys, not arrays.

    Args:
        plan_folder: where the plan is saved, readable by every worker.
        staging: the cycle being written.
    """
    for tile in staging.tiles():
        window = staging.layout.window(tile)
        yield TileTask(str(plan_folder), str(staging.path), tile, window), ()


class _Pool(threading.local):
    """One block of memory a thread, for the tiles it makes one after the other."""

    memory: npt.NDArray[np.int16] | None = None

    def block(self, shape: tuple[int, ...]) -> npt.NDArray[np.int16]:
        size = math.prod(shape)
        if self.memory is None or self.memory.size < size:
            self.memory = np.empty(size, dtype=np.int16)
        return self.memory[:size].reshape(shape)


_POOL = _Pool()


@dataclass(frozen=True, slots=True)
class TileTask:
    """Downscale one tile and write its files; doing it again gives the same bytes.

    Attributes:
        plan_folder: where the plan is saved.
        staging: folder of the cycle being written.
        tile: which tile.
        window: its rows and columns.
    """

    plan_folder: str
    staging: str
    tile: Tile
    window: Window

    def __call__(self) -> tuple[FileEntry, ...]:
        """Do it, in any thread or process."""
        plan = opened_plan(self.plan_folder)
        out = _POOL.block((*self.window.shape, len(plan.variables), plan.steps))
        rows, columns = self.window.rows, self.window.columns
        block = downscale.compute_tile(plan, rows=rows, columns=columns, out=out)
        return write_tile(Path(self.staging), self.tile, block=block)


@lru_cache(maxsize=2)
def opened_plan(folder: str) -> Plan:
    """The plan of a folder, opened once in each process."""
    return Plan.open(Path(folder))


def mean_correction(
    native: xr.Dataset, terrain: xr.Dataset, *, layout: TileLayout
) -> npt.NDArray[np.float32]:
    """Mean over time of our temperature minus plain interpolation, K [row, column].

    NaN where the run holds no temperature.

    Args:
        native: hourly native dataset.
        terrain: the target.
        layout: tiling of the cycle.
    """
    if TEMPERATURE not in native:
        return np.full((layout.rows, layout.columns), np.nan, dtype=np.float32)
    only = (TEMPERATURE,)
    ours = downscale.prepare(native, terrain, variables=only)
    plain = downscale.prepare(native, terrain, method="bilinear", variables=only)
    correction = np.zeros((layout.rows, layout.columns), dtype=np.float32)
    for tile in layout.tiles():
        window = layout.window(tile)
        lifted, flat = (
            unpack(
                downscale.compute_tile(plan, rows=window.rows, columns=window.columns)[:, :, 0],
                TEMPERATURE,
            )
            for plan in (ours, plain)
        )
        difference = lifted - flat
        known = np.isfinite(difference)
        total = np.where(known, difference, 0.0).sum(axis=-1)
        correction[window.rows, window.columns] = total / np.maximum(known.sum(axis=-1), 1)
    return correction
