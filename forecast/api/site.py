"""The files of the page as they lie on the disk, with their hashes and one version over all."""

import gzip
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

ROOT: Final = Path(__file__).parent.parent / "web"
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    "": "text/plain; charset=utf-8",
}
"""Media types by ending; a file with another ending is not given out."""

VERSION_DIGITS: Final = 12
_PACKED_ALREADY: Final = frozenset({".png", ".webp", ".woff2", ".ico"})
_LEAST_PACKED: Final = 512
_PLACE_OF_WEB: Final = b"$web"
_WORKER: Final = "sw.js"


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file of the page.

    Attributes:
        content: as it is sent.
        media_type: of the content.
        sha256: of the content, hexadecimal.
        compressible: whether it is worth to pack it.
    """

    content: bytes
    media_type: str
    sha256: str
    compressible: bool

    def packed(self) -> bytes:
        """The content as gzip, kept once it was made."""
        return _packed(self.content)


@dataclass(frozen=True, slots=True)
class Site:
    """All files at one time.

    Attributes:
        version: of all of them together; a change of any file changes it.
        files: by path below the folder, with `/`.
        index: the page itself, with the version filled in.
    """

    version: str
    files: Mapping[str, WebFile]
    index: WebFile

    def listing(self) -> bytes:
        """The version and every file's size and hash, as JSON."""
        files = {
            name: {"bytes": len(file.content), "sha256": file.sha256}
            for name, file in self.files.items()
        }
        return orjson.dumps({"version": self.version, "files": files})


def site(root: Path = ROOT) -> Site:
    """The files as they are now; the disk is looked at once a second at most.

    Args:
        root: folder of the page.
    """
    return _looked(root, int(time.monotonic()))


@lru_cache(maxsize=4)
def _looked(root: Path, second: int) -> Site:
    del second
    marks = []
    for path in root.rglob("*"):
        if path.suffix in TYPES and path.is_file():
            found = path.stat()
            marks.append((path.relative_to(root).as_posix(), found.st_mtime_ns, found.st_size))
    return _read(root, tuple(sorted(marks)))


@lru_cache(maxsize=4)
def _read(root: Path, marks: tuple[tuple[str, int, int], ...]) -> Site:
    """Read all files; `marks` are name, time and size of each."""
    files = {name: _file((root / name).read_bytes(), Path(name).suffix) for name, _, _ in marks}
    whole = hashlib.sha256()
    for name, file in files.items():
        whole.update(f"{name} {file.sha256}\n".encode())
    version = whole.hexdigest()[:VERSION_DIGITS]
    if _WORKER in files:
        # so that another version of the page is another worker
        files[_WORKER] = _filled(files[_WORKER], version, suffix=".js")
    page = _filled(files.pop("index.html"), version, suffix=".html")
    shown = {name: file for name, file in files.items() if not name.endswith(".html")}
    return Site(version, shown, page)


def _filled(file: WebFile, version: str, *, suffix: str) -> WebFile:
    return _file(file.content.replace(_PLACE_OF_WEB, f"web/{version}".encode()), suffix)


def _file(content: bytes, suffix: str) -> WebFile:
    return WebFile(
        content,
        TYPES[suffix],
        hashlib.sha256(content).hexdigest(),
        suffix not in _PACKED_ALREADY and len(content) >= _LEAST_PACKED,
    )


@lru_cache(maxsize=256)
def _packed(content: bytes) -> bytes:
    # without a time, so that the same content is always the same answer
    return gzip.compress(content, 9, mtime=0)
