"""A folder or a ZIP file of many files that is there whole or not at all, with their checksums."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from forecast.errors import InvalidRequest

MANIFEST: Final = "manifest.json"
SIGN: Final = "bundle.json"
"""A folder that holds this beside its manifest is a bundle, and may be replaced by another."""

ZIP: Final = ".zip"
_ZIP_LEVEL: Final = 6
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(slots=True)
class BundleFiles:
    """What has been put into a bundle so far.

    Attributes:
        put: writes one file, by its name below the bundle with `/`.
        files: bytes and sha256 by name.
    """

    put: Callable[[str, bytes], None]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        """Write a file.

        Args:
            name: below the bundle, with `/`; each once.
            content: of the file.
        """
        self.put(name, content)
        digest = hashlib.sha256(content).hexdigest()
        self.files[name] = {"bytes": len(content), "sha256": digest}

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry["bytes"] for entry in self.files.values())

    def close(self, about: Mapping[str, Any]) -> None:
        """Write the manifest, which is the last file.

        Args:
            about: what it tells beside the files.
        """
        told = {**about, "size": self.size, "files": self.files}
        self.put(MANIFEST, json.dumps(told, indent=1, ensure_ascii=False).encode())


@contextmanager
def whole_bundle(path: Path) -> Iterator[BundleFiles]:
    """Give what files are added to; under `path` they stand only when all were written.

    Args:
        path: a folder, or a file that ends in `.zip`; an older bundle there is replaced.

    Raises:
        InvalidRequest: something else lies there.
    """
    _refuse_other(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    _remove(partial)
    try:
        if path.suffix.lower() == ZIP:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
                yield BundleFiles(_into_archive(archive, path.stem))
        else:
            partial.mkdir()
            yield BundleFiles(_into_folder(partial))
        # a stick is pulled out soon after
        os.sync()
        _replace(path, partial)
    finally:
        _remove(partial)


def _into_folder(folder: Path) -> Callable[[str, bytes], None]:
    def put(name: str, content: bytes) -> None:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    return put


def _into_archive(archive: zipfile.ZipFile, folder: str) -> Callable[[str, bytes], None]:
    def put(name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=_ZIP_TIME)
        entry.external_attr = 0o644 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content, compresslevel=_ZIP_LEVEL)

    return put


def _refuse_other(path: Path) -> None:
    """Refuse to write over what is no bundle."""
    if path.suffix.lower() == ZIP:
        if path.is_dir():
            raise InvalidRequest(f"{path} was given as output; it is a folder, no ZIP file")
        return
    if path.is_file():
        raise InvalidRequest(
            f"{path} was given as output; it is a file: allowed are a folder and a name that ends"
            f" in {ZIP}"
        )
    held = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    if held and not {MANIFEST, SIGN} <= held:
        raise InvalidRequest(
            f"{path} was given as output; it holds files and is no bundle: allowed are a new or"
            " empty folder and an older bundle"
        )


def _replace(path: Path, partial: Path) -> None:
    if not path.is_dir():
        partial.replace(path)
        return
    old = path.with_name(f".{path.name}.old")
    _remove(old)
    path.replace(old)
    partial.replace(path)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
