"""Reading points from the series shards: one positioned read and one checksum per cell.

Positioned reads instead of a memory map: a map of a file that is cut or sits on a failing disk
kills the process (SIGBUS), a read raises; and a cold read is one request to the disk, not eight
page faults. Warm, the difference is below a microsecond.
"""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import google_crc32c
import numpy as np
import numpy.typing as npt

from forecast.errors import DamagedCycle
from forecast.store.durable import FileEntry, unreadable
from forecast.store.layout import Tile, TileLayout, Window
from forecast.store.shards import (
    CRC_BYTES,
    CRC_RESIDUE,
    index_bytes,
    probe,
    series_index,
)
from grids.errors import OutsideGrid

MAX_OPEN_SHARDS: Final = 256
_COUNTS: Final = np.dtype("<i2")
_checksum = google_crc32c.value
_read_at = os.pread


class _OpenShard:
    """A shard's descriptor, closed when nobody refers to it any more.

    Eviction must not close it under a reader: the number could be given to another file.
    """

    __slots__ = ("descriptor", "width")

    def __init__(self, path: Path, width: int) -> None:
        self.descriptor = os.open(path, os.O_RDONLY)
        self.width = width

    def __del__(self) -> None:
        descriptor = getattr(self, "descriptor", None)
        if descriptor is not None:
            os.close(descriptor)


class SeriesReader:
    """Packed records [variable, time] of single cells and small windows.

    Args:
        root: folder of the cycle.
        layout: its tiling.
        files: the manifest's files by path.
    """

    def __init__(self, root: Path, layout: TileLayout, *, files: Mapping[str, FileEntry]) -> None:
        self._root = root
        self._layout = layout
        self._files = files
        self._size = layout.tile
        self._rows = layout.rows
        self._columns = layout.columns
        self._stored = layout.record_bytes + CRC_BYTES
        self._count = layout.record_bytes // 2
        self._shape = len(layout.variables), layout.times
        self._shards: dict[tuple[int, int], _OpenShard] = {}
        self._opening = threading.Lock()

    def point(self, row: int, column: int) -> npt.NDArray[np.int16]:
        """Packed counts [variable, time] of one cell, checked by CRC-32C, read-only.

        Raises:
            OutsideGrid: the cell is not in the grid.
            DamagedCycle: the shard is absent, short, or fails a checksum.
        """
        if not (0 <= row < self._rows and 0 <= column < self._columns):
            raise OutsideGrid(
                f"row {row}, column {column} was asked; the grid has {self._rows} x"
                f" {self._columns} cells, counted from 0"
            )
        tile_row, y = divmod(row, self._size)
        tile_column, x = divmod(column, self._size)
        shard = self._shards.get((tile_row, tile_column))
        if shard is None:
            shard = self._open_shard(Tile(tile_row, tile_column))
        stored = self._stored
        try:
            raw = _read_at(shard.descriptor, stored, (y * shard.width + x) * stored)
        except OSError as error:
            raise unreadable(self._path_of(Tile(tile_row, tile_column)), error) from error
        if _checksum(raw) != CRC_RESIDUE or len(raw) != stored:
            raise self._damage(
                Tile(tile_row, tile_column), f"cell ({row}, {column}) fails its CRC-32C checksum"
            )
        return np.frombuffer(raw, _COUNTS, self._count).reshape(self._shape)

    def points(
        self, rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.int16]:
        """Packed counts [point, variable, time] of many cells.

        Raises:
            OutsideGrid: a cell is not in the grid.
            DamagedCycle: a shard is absent, short, or fails a checksum.
        """
        counts = np.empty((len(rows), *self._shape), dtype=np.int16)
        for place, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
            counts[place] = self.point(row, column)
        return counts

    def block(self, window: Window) -> npt.NDArray[np.int16]:
        """Packed counts [y, x, variable, time] of a window; neighbours in a row are one read.

        Raises:
            DamagedCycle: a shard is absent, short, or fails a checksum.
        """
        counts = np.empty((*window.shape, *self._shape), dtype=np.int16)
        for tile, inside, place in self._layout.touched(window):
            shard = self._shards.get(tile) or self._open_shard(tile)
            width = inside.columns.stop - inside.columns.start
            for offset, y in enumerate(range(inside.rows.start, inside.rows.stop)):
                records = self._run(shard, tile, y * shard.width + inside.columns.start, width)
                counts[place.rows.start + offset, place.columns] = records
        return counts

    def _run(self, shard: _OpenShard, tile: Tile, first: int, width: int) -> npt.NDArray[np.int16]:
        """Read and check `width` neighbouring records [width, variable, time]."""
        stored = self._stored
        try:
            raw = _read_at(shard.descriptor, width * stored, first * stored)
        except OSError as error:
            raise unreadable(self._path_of(tile), error) from error
        if len(raw) != width * stored:
            raise self._damage(tile, "it is shorter than its index says")
        for start in range(0, width * stored, stored):
            if _checksum(raw[start : start + stored]) != CRC_RESIDUE:
                raise self._damage(tile, "a cell fails its CRC-32C checksum")
        records = np.frombuffer(raw, np.uint8).reshape(width, stored)[:, :-CRC_BYTES]
        return records.view(_COUNTS).reshape(width, *self._shape)

    def _open_shard(self, tile: Tile) -> _OpenShard:
        """Open a shard, check that its index is ours and that it is the shard it should be."""
        with self._opening:
            if tile in self._shards:
                return self._shards[tile]
            window = self._layout.window(tile)
            path = self._path_of(tile)
            try:
                shard = _OpenShard(path, window.shape[1])
                self._check_shard(shard, tile)
            except OSError as error:
                raise unreadable(self._path_of(tile), error) from error
            while len(self._shards) >= MAX_OPEN_SHARDS:
                self._shards.pop(next(iter(self._shards)))
            self._shards[tile] = shard
            return shard

    def _check_shard(self, shard: _OpenShard, tile: Tile) -> None:
        height, width = self._layout.window(tile).shape
        index = series_index(
            height=height, width=width, tile=self._size, record_bytes=self._layout.record_bytes
        )
        tail = index_bytes(index)
        start = height * width * self._stored
        if _read_at(shard.descriptor, len(tail) + 1, start) != tail:
            raise self._damage(tile, "its index is not the one that was written")
        found = probe(index, tail, read=lambda at, size: _read_at(shard.descriptor, size, at))
        if found != self._files[self._layout.series_file(tile)].probe:
            raise self._damage(tile, "its checksums are those of another shard")

    def _path_of(self, tile: Tile) -> Path:
        return self._root / self._layout.series_file(tile)

    def _damage(self, tile: Tile, reason: str) -> DamagedCycle:
        return DamagedCycle(f"the shard {self._path_of(tile)} is damaged: {reason}")
