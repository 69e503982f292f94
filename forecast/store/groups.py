"""The groups that xarray writes and reads itself: `native`, `members` and `terrain`.

Plain Zarr serves the fill value for a chunk that is gone and trusts a chunk that changed places
with another. Here every object that is read whole is compared with the manifest first.
"""

import hashlib
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr
import zarr
from zarr.abc.store import ByteRequest
from zarr.codecs import Crc32cCodec, ZstdCodec
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.storage import LocalStore

from forecast.errors import DamagedCycle, DataError
from forecast.store.durable import FileEntry

_ZSTD_LEVEL: Final = 3


class VerifiedStore(LocalStore):
    """A read-only folder whose objects must be those of the manifest.

    Args:
        root: folder of the group.
        files: size and hash of every file, by path inside the cycle.
        prefix: the group's folder inside the cycle, with a `/` at the end.
    """

    def __init__(self, root: Path, *, files: Mapping[str, FileEntry], prefix: str) -> None:
        super().__init__(root, read_only=True)
        self._expected = dict(files)
        self._prefix = prefix

    async def get(
        self,
        key: str,
        prototype: BufferPrototype | None = None,
        byte_range: ByteRequest | None = None,
    ) -> Buffer | None:
        """Read an object and compare it with the manifest.

        Raises:
            DamagedCycle: it is gone, or its size or hash is another.
        """
        entry = self._expected.get(self._prefix + key)
        found = await super().get(key, prototype, byte_range)
        if entry is None:
            return None
        if found is None:
            raise DamagedCycle(f"the file {entry.path} of the cycle {self.root.parent} is gone")
        if byte_range is None and _differs(found.to_bytes(), entry):
            raise DamagedCycle(
                f"the file {entry.path} of the cycle {self.root.parent} does not have the hash"
                " that the manifest names"
            )
        return found


def write_group(folder: Path, dataset: xr.Dataset) -> None:
    """Write a dataset as a Zarr v3 group with a checksum on every chunk, members one by one.

    Args:
        folder: the group's folder; must not exist.
        dataset: `native`, `members` or `terrain`; lazy data are computed here.

    Raises:
        DataError: a chunk that should be there was not written.
    """
    plain = _with_zarr_strings(dataset.drop_encoding())
    dataset_chunks = {"realization": 1} if "realization" in dataset.dims else {}
    encoding = {name: _encoding(plain[name], dataset_chunks) for name in plain.variables}
    if dataset.chunks:
        whole = dict.fromkeys(plain.dims, -1)
        plain = plain.chunk({**whole, **dataset_chunks})
    plain.to_zarr(
        folder,
        mode="w-",
        zarr_format=3,
        consolidated=False,
        encoding=encoding,
        write_empty_chunks=True,
    )
    for path in _expected_chunks(folder):
        if not path.is_file():
            raise DataError(f"the chunk {path} was not written")


def open_group(root: Path, name: str, *, files: Mapping[str, FileEntry]) -> xr.Dataset:
    """Open a group lazily; every chunk is compared with the manifest when it is read.

    Args:
        root: folder of the cycle.
        name: `native`, `members` or `terrain`.
        files: the manifest's files by path.

    Raises:
        DamagedCycle: metadata or coordinates are gone or changed.
    """
    prefix = f"{name}/"
    own = {path: entry for path, entry in files.items() if path.startswith(prefix)}
    store = VerifiedStore(root / name, files=own, prefix=prefix)
    try:
        return xr.open_zarr(store, consolidated=False, chunks={}, zarr_format=3)
    except OSError as error:
        raise DamagedCycle(f"the group {root / name} cannot be read: {error}") from error


def _with_zarr_strings(dataset: xr.Dataset) -> xr.Dataset:
    """Names as objects, which Zarr stores as UTF-8; fixed-length text has no Zarr v3 type."""
    names = {
        name: (field.dims, field.values.astype(object), field.attrs)
        for name, field in dataset.variables.items()
        if field.dtype.kind in "UT"
    }
    return dataset.assign(names)


def _encoding(field: xr.Variable | xr.DataArray, chunks: Mapping[str, int]) -> dict[str, Any]:
    encoding: dict[str, Any] = {}
    if field.dtype.kind != "O":
        encoding["compressors"] = (ZstdCodec(level=_ZSTD_LEVEL), Crc32cCodec())
    if field.dims:
        shape = zip(field.dims, field.shape, strict=True)
        encoding["chunks"] = tuple(chunks.get(str(dim), size) for dim, size in shape)
    if np.issubdtype(field.dtype, np.datetime64):
        encoding |= {"units": "seconds since 1970-01-01T00:00:00", "dtype": "int64"}
    elif np.issubdtype(field.dtype, np.timedelta64):
        encoding |= {"units": "seconds", "dtype": "int64"}
    return encoding


def _expected_chunks(folder: Path) -> list[Path]:
    """Every chunk file that the arrays of a group must have."""
    expected: list[Path] = []
    for name, array in zarr.open_group(folder, mode="r", zarr_format=3).arrays():
        sides = zip(array.shape, array.chunks, strict=True)
        counts = (range(-(-n // max(c, 1))) for n, c in sides)
        expected.extend(
            folder.joinpath(name, "c", *(str(number) for number in key))
            for key in itertools.product(*counts)
        )
    return expected


def _differs(content: bytes, entry: FileEntry) -> bool:
    return len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256
