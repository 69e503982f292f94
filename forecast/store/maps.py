"""Reading fields from the map shards: whole planes of a tile, checked and unpacked."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import dask.array as da
import numpy as np
import numpy.typing as npt
from dask.base import tokenize

from forecast.errors import DamagedCycle
from forecast.store.durable import FileEntry, unreadable
from forecast.store.layout import Tile, TileLayout, Window
from forecast.store.manifest import Manifest
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
    """One variable [time, latitude, longitude] of a cycle or of a window of it, read by index.

    Small and picklable, so that a dask graph carries it to any process that sees the disk.

    Attributes:
        root: folder of the cycle.
        layout: its tiling.
        files: this variable's shards, by path.
        name: the variable.
        window: cells of the region's grid that the field covers.
        steps: steps of the cycle that the field covers.
    """

    dtype: ClassVar[np.dtype] = np.dtype(np.float32)
    ndim: ClassVar[int] = 3

    root: Path
    layout: TileLayout
    files: Mapping[str, FileEntry]
    name: str
    window: Window
    steps: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(times, rows, columns)."""
        return len(self.steps), *self.window.shape

    def __getitem__(self, key: tuple[slice, slice, slice]) -> npt.NDArray[np.float32]:
        """Values [time, y, x] in the variable's unit, NaN where missing.

        Raises:
            DamagedCycle: a shard is absent, short, or fails a checksum.
        """
        times, rows, columns = key
        steps = self.steps[times]
        window = Window(_within(self.window.rows, rows), _within(self.window.columns, columns))
        values = np.empty((len(steps), *window.shape), dtype=np.float32)
        for tile, inside, place in self.layout.touched(window):
            for step, plane in enumerate(self._planes(tile, steps)):
                values[step, place.rows, place.columns] = plane[inside.rows, inside.columns]
        return values

    def lazy(self, *, token: str) -> da.Array:
        """The field as a dask array, one block per tile with all the steps wanted.

        Args:
            token: name of the cycle, so that equal fields share their keys.
        """
        edge = self.layout.tile
        chunks = (
            (len(self.steps),),
            _tile_parts(self.window.rows, edge),
            _tile_parts(self.window.columns, edge),
        )
        name = f"maps-{tokenize(token, self.name, self.window, self.steps)}"
        return da.from_array(self, chunks=chunks, name=name, asarray=False)

    def _planes(self, tile: Tile, steps: tuple[int, ...]) -> Iterator[npt.NDArray[np.float32]]:
        """Unpacked planes [tile, tile] of a tile at some steps, in their order."""
        path = self.layout.map_file(self.name, tile)
        scale = np.float32(10 ** self.layout.decimals[self.layout.variables.index(self.name)])
        try:
            descriptor = os.open(self.root / path, os.O_RDONLY)
        except OSError as error:
            raise unreadable(self.root / path, error) from error
        try:
            index = self._checked_index(descriptor, path)
            for step in steps:
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


def map_field(
    root: Path,
    name: str,
    *,
    manifest: Manifest,
    window: Window,
    steps: Iterable[int],
) -> MapField:
    """A variable of a cycle, in a window, at some steps.

    Args:
        root: folder of the cycle.
        name: the variable.
        manifest: of the cycle.
        window: cells of the region's grid.
        steps: steps of the cycle.
    """
    layout, files = manifest.layout, manifest.by_path
    paths = (layout.map_file(name, tile) for tile, _, _ in layout.touched(window))
    own = {path: files[path] for path in paths}
    return MapField(root, layout, own, name, window, tuple(steps))


def planes_touched(layout: TileLayout, window: Window) -> int:
    """Planes of one variable and time that a window makes us read."""
    return sum(1 for _ in layout.touched(window))


def _read(descriptor: int, size: int, offset: int, *, name: str) -> bytes:
    try:
        return os.pread(descriptor, size, offset)
    except OSError as error:
        raise unreadable(name, error) from error


def _within(outer: slice, inner: slice) -> slice:
    """A slice counted inside another, counted as the other is; both of step 1."""
    start, stop, _ = inner.indices(outer.stop - outer.start)
    return slice(outer.start + start, outer.start + stop)


def _tile_parts(cells: slice, edge: int) -> tuple[int, ...]:
    """Lengths of the parts into which tile edges cut a slice of cells."""
    cuts = [cells.start, *range((cells.start // edge + 1) * edge, cells.stop, edge), cells.stop]
    return tuple(np.diff(cuts).tolist())
