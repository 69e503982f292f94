"""A cycle being written: a folder beside the published ones, seen by nobody until committed."""

import json
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import __version__
from forecast.errors import DataError, StoreBusy, StoreError
from forecast.store import documents, groups
from forecast.store.description import CycleDescription
from forecast.store.durable import (
    FileEntry,
    list_files,
    remove_partial,
    sha256_of,
    sync_folder,
    sync_tree,
    write_whole,
)
from forecast.store.ensemble_writing import EnsembleWriter
from forecast.store.failpoints import failpoint
from forecast.store.layout import Tile, TileLayout
from forecast.store.lock import WriterLock
from forecast.store.manifest import Manifest, check_sizes
from forecast.store.paths import CyclePaths, StorePaths
from forecast.store.pointer import PointerEntry, read_pointer, swap_pointer
from forecast.store.series import SeriesReader
from forecast.store.shards import check_block, map_parts, planes_of, series_parts
from forecast.times import cycle_label, iso


def write_tile(staging: Path, tile: Tile, *, block: npt.NDArray[np.int16]) -> tuple[FileEntry, ...]:
    """Write all files of one tile; needs no more than the staging folder, in any process.

    Idempotent: writing a tile again replaces its files by whole, equal ones.

    Args:
        staging: folder of the cycle being written (`Staging.path`).
        tile: which tile.
        block: packed counts [latitude, longitude, variable, time] of the whole tile.

    Raises:
        DataError: the block is not exactly one whole tile of int16.
        StoreError: there is no such staging folder (any more).
    """
    layout = _layout_of(staging)
    check_block(block, layout.block_shape(tile))
    failpoint("write")
    content, found = series_parts(block, tile=layout.tile)
    path = layout.series_file(tile)
    entries = [FileEntry(path, *write_whole(staging / path, content), found)]
    planes = planes_of(block, tile=layout.tile)
    for name, field in zip(layout.variables, planes, strict=True):
        parts, found = map_parts(field)
        path = layout.map_file(name, tile)
        entries.append(FileEntry(path, *write_whole(staging / path, parts), found))
    return tuple(entries)


class Staging:
    """The writer's side of one cycle; a context manager that holds the store's lock.

    Leaving it without `commit` removes the folder. Made by `RegionStore.stage`.

    Args:
        store: where the store's things lie.
        description: what the cycle is about.
        lock: the writer's lock, already held; released on exit.
    """

    def __init__(
        self, store: StorePaths, description: CycleDescription, *, lock: WriterLock
    ) -> None:
        self._store = store
        self._lock = lock
        self._fence = read_pointer(store.pointer).fence
        self._written: dict[str, FileEntry] = {}
        self.description = description
        self.layout = description.layout
        label = cycle_label(description.reference_time)
        self.cycle_id = f"{label}-{description.source}-{uuid.uuid4().hex[:8]}"
        self.path = store.staging / f"{self.cycle_id}-{uuid.uuid4()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove what was written, unless it is published, and give the lock back."""
        try:
            if self.path.exists():
                shutil.rmtree(self.path, ignore_errors=True)
        finally:
            self._lock.release()

    def prepare(self) -> None:
        """Make the folder and write what does not depend on the values."""
        self.path.mkdir(parents=True)
        small = {
            **documents.root_document(self.description),
            **documents.series_documents(self.description),
            **documents.map_documents(self.description),
            "layout.json": documents.layout_document(self.layout, cycle_id=self.cycle_id),
        }
        for path, content in small.items():
            self.record([FileEntry(path, *write_whole(self.path / path, [content]))])
        failpoint("begin")

    def tiles(self) -> Iterator[Tile]:
        """Every tile that has to be written."""
        return self.layout.tiles()

    def write_tile(self, tile: Tile, block: npt.NDArray[np.int16]) -> tuple[FileEntry, ...]:
        """Write one tile in this process and record its files; see `write_tile`."""
        entries = write_tile(self.path, tile, block=block)
        self.record(entries)
        return entries

    def write_group(
        self, name: Literal["native", "members", "terrain", "calibration"], dataset: xr.Dataset
    ) -> None:
        """Write a dataset beside the tiles: model grid, members, terrain, corrections.

        Args:
            name: which group.
            dataset: any dims; lazy data are computed.
        """
        folder = CyclePaths(self.path).group(name)
        groups.write_group(folder, dataset)
        for path, size in list_files(folder).items():
            digest = sha256_of(folder / path)
            self.record([FileEntry(f"{name}/{path}", size, digest)])

    def ensemble(self, members: Sequence[int]) -> EnsembleWriter:
        """A writer of the members for reads at a place; record what its `finish` returns.

        Args:
            members: numbers of the members, in the order in which they will come.

        Raises:
            DataError: no member, or one twice.
        """
        return EnsembleWriter(self.path, cycle_id=self.cycle_id, members=members)

    def record(self, entries: Iterable[FileEntry]) -> None:
        """Note files that workers wrote; an unnoted file is one that nobody vouches for."""
        for entry in entries:
            self._written[entry.path] = entry

    def seal(self, *, quality: Mapping[str, Any]) -> Manifest:
        """Compare what is there with what must be, and write the manifest.

        Args:
            quality: what the gates saw, as plain JSON values.

        Raises:
            DataError: a file is missing, foreign, or not of the size that was written.
        """
        manifest = self.manifest(quality=quality)
        write_whole(CyclePaths(self.path).manifest, [manifest.to_bytes()])
        failpoint("manifest")
        return manifest

    def manifest(self, *, quality: Mapping[str, Any]) -> Manifest:
        """Make the manifest of a complete cycle without writing it.

        Raises:
            DataError: a file is missing, foreign, or not of the size that was written.
        """
        remove_partial(self.path)
        expected = {*self._written, *self.layout.shard_files()}
        found = list_files(self.path)
        found.pop("manifest.json", None)
        written = {path: entry.size for path, entry in self._written.items()}
        wrong = sorted(
            path
            for path in expected | set(found)
            if found.get(path) is None or found[path] != written.get(path)
        )
        if wrong:
            raise DataError(
                f"cycle {self.cycle_id} is incomplete: {len(wrong)} of {len(expected)} files are"
                f" missing, foreign or of a wrong size, the first is {wrong[0]}"
            )
        return Manifest(
            cycle_id=self.cycle_id,
            fence=self._fence + 1,
            created_at=iso(datetime.now(UTC)),
            code_version=__version__,
            description=self.description,
            layout=self.layout,
            files=tuple(self._written[path] for path in sorted(self._written)),
            quality=quality,
        )

    def points(
        self,
        manifest: Manifest,
        *,
        rows: npt.NDArray[np.integer],
        columns: npt.NDArray[np.integer],
    ) -> npt.NDArray[np.int16]:
        """Packed counts [point, variable, time] of cells already written, read from the disk.

        Raises:
            DamagedCycle: a shard is gone, short, or fails a checksum.
        """
        return SeriesReader(self.path, self.layout, files=manifest.by_path).points(rows, columns)

    def commit(self, manifest: Manifest) -> None:
        """Make the sealed cycle durable and current: fsync, rename, swap the pointer.

        Raises:
            StoreBusy: another writer published meanwhile (its fence is above ours).
            DamagedCycle: a file changed its size since it was sealed.
            OSError: the disk refused; the old cycle stands.
        """
        check_sizes(self.path, manifest)
        sync_tree(self.path)
        failpoint("fsync")
        pointer = read_pointer(self._store.pointer)
        if pointer.fence != self._fence:
            raise StoreBusy(
                f"the store {self._store.root} was published to by another writer (fence"
                f" {pointer.fence}, expected {self._fence}); this cycle is not published"
            )
        target = self._store.cycle(self.cycle_id)
        digest = sha256_of(CyclePaths(self.path).manifest)
        self.path.rename(target)
        sync_folder(self._store.cycles)
        failpoint("rename")
        entry = PointerEntry(
            cycle_id=self.cycle_id, manifest_sha256=digest, published_at=iso(datetime.now(UTC))
        )
        swap_pointer(
            self._store.pointer,
            pointer.publishing(entry),
            before_swap=lambda: failpoint("pointer-temporary"),
        )
        failpoint("committed")


@lru_cache(maxsize=8)
def _layout_of(staging: Path) -> TileLayout:
    try:
        content = json.loads(CyclePaths(staging).layout.read_bytes())
    except OSError as error:
        raise StoreError(
            f"the staging folder {staging} cannot be used: {error.strerror}"
        ) from error
    return TileLayout.from_dict(content["layout"])
