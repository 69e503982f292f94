"""Reading fields from the map shards: whole planes of a tile, checked and unpacked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import dask.array as da
import numpy as np
import numpy.typing as npt

from forecast.errors import DamagedCycle
from forecast.store.durable import FileEntry, unreadable
from forecast.store.layout import Tile, TileLayout, Window
from forecast.store.shards import (
    CRC_BYTES,
    ENTRY_BYTES,
    Index,
    decode_plane,
    probe,
    read_index,
)
from forecast.variables import FILL


@dataclass(frozen=True, slots=True)
class MapField:
    """One variable [time, latitude, longitude] of a cycle, read tile by tile when indexed.

    Small and picklable, so that a dask graph carries it to any process that sees the disk.

    Attributes:
        root: folder of the cycle.
        layout: its tiling.
        files: this variable's shards, by path.
        name: the variable.
    """

    dtype: ClassVar[np.dtype] = np.dtype(np.float32)
    ndim: ClassVar[int] = 3

    root: Path
    layout: TileLayout
    files: Mapping[str, FileEntry]
    name: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """(times, rows, columns)."""
        return self.layout.times, self.layout.rows, self.layout.columns

    def __getitem__(self, key: tuple[slice, slice, slice]) -> npt.NDArray[np.float32]:
        """Values [time, y, x] in the variable's unit, NaN where missing.

        Raises:
            DamagedCycle: a shard is absent, short, or fails a checksum.
        """
        times, rows, columns = key
        steps = np.arange(self.layout.times)[times]
        window = self.layout.checked_window(rows, columns)
        values = np.empty((len(steps), *window.shape), dtype=np.float32)
        for tile, inside, place in self.layout.touched(window):
            for step, plane in zip(range(len(steps)), self._planes(tile, steps), strict=True):
                values[step, place.rows, place.columns] = plane[inside.rows, inside.columns]
        return values

    def lazy(self, *, token: str) -> da.Array:
        """The field as a dask array, one block per tile with all its times.

        Args:
            token: name of the cycle, so that equal fields share their keys.
        """
        edge = self.layout.tile
        chunks = (self.layout.times, edge, edge)
        name = f"maps-{token}-{self.name}"
        return da.from_array(self, chunks=chunks, name=name, asarray=False, fancy=False)

    def _planes(self, tile: Tile, steps: npt.NDArray[np.integer]) -> Any:
        """Unpacked planes [tile, tile] of a tile at some steps, in their order."""
        path = self.layout.map_file(self.name, tile)
        scale = np.float32(10 ** self.layout.decimals[self.layout.variables.index(self.name)])
        try:
            descriptor = os.open(self.root / path, os.O_RDONLY)
        except OSError as error:
            raise unreadable(self.root / path, error) from error
        try:
            index = self._checked_index(descriptor, path)
            for step in steps.tolist():
                offset, size = (int(number) for number in index[step])
                raw = _read(descriptor, size, offset, name=path)
                counts = decode_plane(raw, tile=self.layout.tile, name=path)
                values = counts.astype(np.float32) / scale
                values[counts == FILL] = np.nan
                yield values
        finally:
            os.close(descriptor)

    def _checked_index(self, descriptor: int, path: str) -> Index:
        entry = self.files[path]
        length = self.layout.times * ENTRY_BYTES + CRC_BYTES
        tail = _read(descriptor, length, max(0, entry.size - length), name=path)
        index = read_index(tail, chunks=self.layout.times, name=path)
        found = probe(index, tail, read=lambda at, size: _read(descriptor, size, at, name=path))
        if found != entry.probe:
            raise DamagedCycle(f"the shard {path} has the checksums of another shard")
        return index


def map_fields(
    root: Path, layout: TileLayout, *, files: Mapping[str, FileEntry]
) -> dict[str, MapField]:
    """The fields of a cycle by name.

    Args:
        root: folder of the cycle.
        layout: its tiling.
        files: the manifest's files by path.
    """
    return {
        name: MapField(
            root,
            layout,
            {path: files[path] for path in (layout.map_file(name, t) for t in layout.tiles())},
            name,
        )
        for name in layout.variables
    }


def planes_touched(layout: TileLayout, window: Window) -> int:
    """Planes of one variable and time that a window makes us read."""
    return sum(1 for _ in layout.touched(window))


def _read(descriptor: int, size: int, offset: int, *, name: str) -> bytes:
    try:
        return os.pread(descriptor, size, offset)
    except OSError as error:
        raise unreadable(name, error) from error
