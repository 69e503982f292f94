"""Reading a staged tile back from the disk: its hashes, and figures for the quality gates."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from forecast.errors import DamagedCycle
from forecast.store.durable import FileEntry, sha256_of, unreadable
from forecast.store.layout import Tile, TileLayout
from forecast.store.shards import CRC_BYTES, pooled
from forecast.variables import FILL

_LARGEST = np.iinfo(np.int16).max


@dataclass(frozen=True, slots=True, kw_only=True)
class TileStatistics:
    """Figures of one tile or of many together.

    Attributes:
        cells: number of cells.
        minimum: smallest count of each variable [variable]; 32767 where all is missing.
        maximum: largest count of each variable [variable]; -32768 where all is missing.
        finite: number of values that are not missing [variable, time].
        disordered: for each pair (lower, upper), how often lower is above upper [pair].
    """

    cells: int
    minimum: npt.NDArray[np.int64]
    maximum: npt.NDArray[np.int64]
    finite: npt.NDArray[np.int64]
    disordered: npt.NDArray[np.int64]

    def __add__(self, other: Self) -> Self:
        return type(self)(
            cells=self.cells + other.cells,
            minimum=np.minimum(self.minimum, other.minimum),
            maximum=np.maximum(self.maximum, other.maximum),
            finite=self.finite + other.finite,
            disordered=self.disordered + other.disordered,
        )


def inspect_tile(
    root: Path,
    tile: Tile,
    *,
    layout: TileLayout,
    files: Mapping[str, FileEntry],
    ordered: Sequence[tuple[str, str]],
) -> TileStatistics:
    """Read a tile's files from the disk, compare their hashes, and count.

    Args:
        root: folder of the staged cycle.
        tile: which tile.
        layout: the tiling.
        files: what was written, by path.
        ordered: pairs of variables of which the first never exceeds the second.

    Raises:
        DamagedCycle: a file on the disk is not the one that was written.
    """
    for name in layout.variables:
        entry = files[layout.map_file(name, tile)]
        if sha256_of(root / entry.path) != entry.sha256:
            raise _changed(entry)
    counts = _records(root, files[layout.series_file(tile)], tile=tile, layout=layout)
    missing = counts == FILL
    return TileStatistics(
        cells=len(counts),
        minimum=np.where(missing, _LARGEST, counts).min(axis=(0, 2)).astype(np.int64),
        maximum=counts.max(axis=(0, 2)).astype(np.int64),
        finite=len(counts) - missing.sum(axis=0, dtype=np.int64),
        disordered=np.array(
            [_disordered(counts, missing, pair=pair, layout=layout) for pair in ordered],
            dtype=np.int64,
        ),
    )


def check_entry(root: Path, entry: FileEntry) -> None:
    """Compare a file on the disk with what was written.

    Raises:
        DamagedCycle: it is gone or has another hash.
    """
    if sha256_of(root / entry.path) != entry.sha256:
        raise _changed(entry)


def _records(
    root: Path, entry: FileEntry, *, tile: Tile, layout: TileLayout
) -> npt.NDArray[np.int16]:
    """Counts [cell, variable, time] of a series shard, hash checked, in a pooled buffer."""
    content = pooled("readback", entry.size)
    try:
        with (root / entry.path).open("rb", buffering=0) as file:
            size = file.readinto(content.data)
    except OSError as error:
        raise unreadable(root / entry.path, error) from error
    if size != entry.size or hashlib.sha256(content.data).hexdigest() != entry.sha256:
        raise _changed(entry)
    height, width, variables, times = layout.block_shape(tile)
    stored = layout.record_bytes + CRC_BYTES
    records = content[: height * width * stored].reshape(height * width, stored)
    counts = records[:, : layout.record_bytes].view("<i2")
    return counts.reshape(height * width, variables, times)


def _disordered(
    counts: npt.NDArray[np.int16],
    missing: npt.NDArray[np.bool_],
    *,
    pair: tuple[str, str],
    layout: TileLayout,
) -> int:
    """How often the lower of two variables is above the upper, both present.

    With different decimals one count of the coarser variable is the tolerance of rounding.
    """
    lower, upper = (layout.variables.index(name) for name in pair)
    decimals = layout.decimals[lower], layout.decimals[upper]
    finest = max(decimals)
    low = counts[:, lower].astype(np.int32) * 10 ** (finest - decimals[0])
    high = counts[:, upper].astype(np.int32) * 10 ** (finest - decimals[1])
    tolerance = 10 ** abs(decimals[0] - decimals[1]) if decimals[0] != decimals[1] else 0
    both = ~(missing[:, lower] | missing[:, upper])
    return int(np.count_nonzero((low > high + tolerance) & both))


def _changed(entry: FileEntry) -> DamagedCycle:
    return DamagedCycle(f"the file {entry.path} on the disk is not the one that was written")
