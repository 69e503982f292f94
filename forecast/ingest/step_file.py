"""Fetch the chosen messages of one step into one GRIB file: by ranges, resumable, verified."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from forecast.errors import SourceUnavailable
from forecast.ingest.filebytes import sha256
from forecast.ingest.ledger import Key, Record, settle
from forecast.ingest.link import Link
from forecast.ingest.messages import Message, Span, merge
from forecast.ingest.patience import NotThere, Replaced, Transient, Version
from forecast.ingest.sources import Piece

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is taken of one remote file.

    Attributes:
        piece: which file of the cycle.
        url: address of the remote GRIB file.
        path: GRIB file that is made.
        messages: chosen messages in file order, each once.
        index_sha256: hash of the index they were chosen from.
    """

    piece: Piece
    url: str
    path: Path
    messages: tuple[Message, ...]
    index_sha256: str

    @property
    def key(self) -> Key:
        """Under which it stands in the ledger."""
        return self.piece.step, self.piece.part

    @property
    def spans(self) -> list[Span]:
        """Byte ranges to ask for."""
        return merge(self.messages)

    @property
    def size(self) -> int:
        """Bytes that are taken."""
        return sum(span.length for span in self.spans)

    @property
    def digest(self) -> str:
        """Hash of the index and of the chosen bytes, the same on every mirror."""
        ranges = [(message.offset, message.length) for message in self.messages]
        return hashlib.sha256(f"{self.index_sha256} {ranges}".encode()).hexdigest()


def fetch_step(plan: Plan, *, link: Link, arrived: Callable[[int], None]) -> Record:
    """Fetch a step's messages, going on from where an earlier try ended.

    Args:
        plan: what to take.
        link: the HTTP client.
        arrived: called with the number of bytes that came, negative where some are taken back.

    Raises:
        SourceUnavailable: the upstream gave no answer, or one that is not these messages.
        Replaced: the remote file is not the one that was begun.
    """
    attempt = _Attempt(plan, link=link, arrived=arrived)
    attempt.resume()
    link.persist(plan.url, attempt.go_on)
    try:
        _verify(plan, attempt.part)
    except SourceUnavailable:
        attempt.discard()
        raise
    settle(attempt.part, plan.path)
    attempt.note.unlink(missing_ok=True)
    return Record(
        step=plan.piece.step,
        part=plan.piece.part,
        file=plan.path.name,
        url=plan.url,
        etag=attempt.version.etag,
        last_modified=attempt.version.last_modified,
        remote_size=attempt.version.size,
        size=plan.size,
        sha256=sha256(plan.path),
        plan=plan.digest,
    )


class _Attempt:
    """The part file of a step and the version of the remote file it comes from."""

    def __init__(self, plan: Plan, *, link: Link, arrived: Callable[[int], None]) -> None:
        self.plan = plan
        self.link = link
        self.arrived = arrived
        self.part = plan.path.with_name(f"{plan.path.name}.part")
        self.note = plan.path.with_name(f"{plan.path.name}.part.json")
        self.version = Version()

    def resume(self) -> None:
        """Keep the whole messages of an earlier part, if it was made by the same plan."""
        kept = 0
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
            if (note["plan"], note["url"]) == (self.plan.digest, self.plan.url):
                self.version = Version(**note["version"])
                kept = self._whole_bytes(self.part.stat().st_size)
        except (OSError, ValueError, KeyError, TypeError):
            self.version = Version()
        if kept:
            with self.part.open("r+b") as file:
                file.truncate(kept)
        else:
            self.version = Version()
            self.part.write_bytes(b"")
        self.arrived(kept)

    def go_on(self) -> None:
        """Ask for what still lacks, range by range."""
        with self.part.open("ab") as file:
            for span in self._lacking(file.tell()):
                if self._take(span, file):
                    return

    def _lacking(self, have: int) -> Iterable[Span]:
        for span in self.plan.spans:
            if have < span.length:
                yield Span(start=span.start + have, stop=span.stop)
            have = max(0, have - span.length)

    def _take(self, span: Span, file: BinaryIO) -> bool:
        """Append one range; True where the server sent the whole file and all was taken."""
        headers = {"Range": f"bytes={span.start}-{span.stop - 1}"}
        try:
            with self.link.open(self.plan.url, headers=headers) as response:
                if response.status_code == 416:
                    raise Replaced(
                        f"{self.plan.url} ends before byte {span.stop} that its index names"
                    )
                whole = response.status_code == 200
                self._same_version(response, whole=whole)
                wanted = list(self._lacking(file.tell())) if whole else [span]
                if not whole:
                    self._same_range(response, span)
                self._append(response, wanted, file=file)
                return whole
        except NotThere:
            raise SourceUnavailable(
                f"{self.plan.url} is not there (404), though its index is"
            ) from None

    def _append(self, response: httpx.Response, wanted: list[Span], *, file: BinaryIO) -> None:
        """Write the wanted bytes of a body; of a whole file, what lies between is skipped."""
        position = 0 if response.status_code == 200 else wanted[0].start
        end = wanted[-1].stop
        with self.link.body(response) as chunks:
            for chunk in chunks:
                for span in wanted:
                    first = max(span.start, position) - position
                    last = min(span.stop, position + len(chunk)) - position
                    if first < last:
                        file.write(chunk[first:last])
                        self.arrived(last - first)
                position += len(chunk)
                if position >= end:
                    break
        file.flush()
        if position < end:
            raise Transient(f"the answer was cut at byte {position} of {end}")
        if position > end and response.status_code == 206:
            raise SourceUnavailable(f"{self.plan.url} sent more bytes than the range asked for")

    def _same_range(self, response: httpx.Response, span: Span) -> None:
        match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        length = response.headers.get("content-length")
        if (
            match is None
            or (int(match[1]), int(match[2]) + 1) != (span.start, span.stop)
            or (length is not None and int(length) != span.length)
        ):
            raise Transient(
                f"bytes {span.start}-{span.stop - 1} were asked, "
                f"{response.headers.get('content-range')} of length {length} came"
            )

    def _same_version(self, response: httpx.Response, *, whole: bool) -> None:
        """Check that the answer is of the file that was begun; note it down at first sight."""
        if whole:
            size = response.headers.get("content-length", "")
            _refuse_unfit_whole(size, plan=self.plan, link=self.link)
        else:
            size = response.headers.get("content-range", "").rpartition("/")[2]
        now = version_of(response, size=int(size) if size.isdigit() else None)
        if self.version.differs_from(now):
            self.discard()
            raise Replaced(
                f"{self.plan.url} was replaced while it was read ({self.version} became {now}); "
                f"the cycle is refused, the next run lists it anew"
            )
        if self.version == Version():
            self.version = now
            note = {"plan": self.plan.digest, "url": self.plan.url, "version": asdict(now)}
            self.note.write_text(json.dumps(note), encoding="utf-8")

    def _whole_bytes(self, have: int) -> int:
        kept = 0
        for message in self.plan.messages:
            if kept + message.length > have:
                break
            kept += message.length
        return kept

    def discard(self) -> None:
        """Remove what was begun."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def version_of(response: httpx.Response, *, size: int | None) -> Version:
    """Version of the remote file that an answer is of."""
    return Version(
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        size=size,
    )


def _refuse_unfit_whole(size: str, *, plan: Plan, link: Link) -> None:
    """A server that ignores ranges sends the whole file: take it if it says how long it is."""
    if not size.isdigit():
        raise SourceUnavailable(f"{plan.url} ignores ranges and does not say its length")
    if int(size) > link.limits.whole_file_bytes:
        raise SourceUnavailable(
            f"{plan.url} ignores ranges and would send {int(size):,} bytes; "
            f"allowed are {link.limits.whole_file_bytes:,} for {plan.size:,} that are needed"
        )


def _verify(plan: Plan, part: Path) -> None:
    """Check that the part is these messages, each whole: `GRIB`, its length, `7777`."""
    have = part.stat().st_size
    if have != plan.size:
        raise SourceUnavailable(f"{plan.url}: {have} bytes came where {plan.size} were expected")
    with part.open("rb") as file:
        for message in plan.messages:
            head = file.read(16)
            file.seek(message.length - 20, 1)
            tail = file.read(4)
            edition = head[7] if len(head) == 16 else 0
            length = int.from_bytes(head[8:16] if edition == 2 else head[4:7], "big")
            if head[:4] != b"GRIB" or tail != b"7777" or length != message.length:
                raise SourceUnavailable(
                    f"{plan.url}: {message.parameter} at byte {message.offset} is no whole GRIB "
                    f"message (it begins with {head[:4]!r} and ends with {tail!r})"
                )
