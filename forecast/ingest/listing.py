"""Ask an upstream what it holds of a cycle: read indexes, choose messages, say what lacks."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from forecast.errors import SourceIncomplete, SourceUnavailable
from forecast.ingest import ecmwf_index, gfs_index
from forecast.ingest.filebytes import sha256
from forecast.ingest.ledger import settle
from forecast.ingest.link import Link
from forecast.ingest.messages import Choice, Message, choose
from forecast.ingest.patience import NotThere, Transient, Version
from forecast.ingest.sources import Order, Piece, Source
from forecast.ingest.step_file import Plan, version_of
from forecast.times import cycle_label, iso

_PARSE = {"ecmwf": ecmwf_index.parse, "gfs": gfs_index.parse}
_INDEX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What an index says about one file.

    Attributes:
        piece: which file.
        plan: what to take of it; None where the upstream has no such file.
        lacking: required parameters that the index does not hold.
    """

    piece: Piece
    plan: Plan | None
    lacking: tuple[str, ...] = field(default=())


def list_piece(order: Order, piece: Piece, *, base: str, folder: Path, link: Link) -> Listed:
    """Read a file's index (again only if it changed) and plan what to take.

    Args:
        order: what is asked.
        piece: which file of it.
        base: base address of the upstream.
        folder: folder of the cycle; indexes are kept in it.
        link: the HTTP client.

    Raises:
        SourceUnavailable: the upstream gave no answer, or one that is no index.
    """
    source, step = order.source, piece.step
    index_url = f"{base}/{source.index_path(order.cycle, step, part=piece.part)}"
    url = f"{base}/{source.file_path(order.cycle, step, part=piece.part)}"
    try:
        text = _index_text(index_url, kept=folder / f"{piece.stem}.index", link=link)
    except NotThere:
        return Listed(piece=piece, plan=None)
    entries = _PARSE[source.index["kind"]](text, name=index_url)
    parameters = [each for each in source.parameters if piece.first or each.kind != "static"]
    choice = choose(entries, parameters, step=step, members=piece.members)
    plan = Plan(
        piece=piece,
        url=url,
        path=folder / f"{piece.stem}.grib2",
        messages=_messages(choice, step=step, size_of_file=lambda: _size(url, link=link)),
        index_sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )
    return Listed(piece=piece, plan=plan, lacking=choice.lacking)


def plans_of(order: Order, listed: Sequence[Listed], *, base: str) -> list[Plan]:
    """Plans of all files, or a refusal that names what lacks.

    Raises:
        SourceUnavailable: the upstream has nothing of the cycle.
        SourceIncomplete: steps or required parameters lack.
    """
    absent = [entry.piece for entry in listed if entry.plan is None]
    missing = sorted({piece.step for piece in absent})
    name = f"{order.source.name} {cycle_label(order.cycle)}"
    if len(absent) == len(listed):
        first = order.source.usual_arrival(order.cycle, 0)
        raise SourceUnavailable(
            f"{name} is not at {base} at all (404 for every step, not only for late ones): it "
            f"usually appears from {iso(first)}; after that its address has changed or it was "
            f"not made ({order.source.index_path(order.cycle, 0, part=absent[0].part)})"
        )
    if missing:
        due = order.source.usual_arrival(order.cycle, missing[0])
        which = f" (first {absent[0]})" if absent[0].part else ""
        raise SourceIncomplete(
            f"{name} is not complete at {base}: steps {_spell(missing)} h are not there yet "
            f"({len(absent)} of {len(listed)}){which}; step {missing[0]} usually appears at "
            f"{iso(due)}"
        )
    lacking = [entry for entry in listed if entry.lacking]
    if lacking:
        entry = lacking[0]
        raise SourceIncomplete(
            f"{name} is not complete at {base}: the index of {entry.piece} lacks "
            f"{', '.join(entry.lacking[:6])}"
            + (f"; {len(lacking)} files lack something" if len(lacking) > 1 else "")
        )
    return [entry.plan for entry in listed if entry.plan is not None]


def holds(source: Source, cycle: datetime, *, step: int, base: str, link: Link) -> bool:
    """Whether an upstream has a step's index; of several files the first and the last count.

    Raises:
        SourceUnavailable: it gave no answer.
    """
    pieces = source.pieces(step, source.all_members())
    for part in dict.fromkeys((pieces[0].part, pieces[-1].part)):
        try:
            remote_version(f"{base}/{source.index_path(cycle, step, part=part)}", link=link)
        except NotThere:
            return False
    return True


def remote_version(url: str, *, link: Link) -> Version:
    """Ask for the version of a remote file without its body.

    Raises:
        NotThere: the upstream has no such file.
        SourceUnavailable: it gave no answer.
    """

    def ask() -> Version:
        with link.open(url, method="HEAD") as response:
            length = response.headers.get("content-length", "")
            return version_of(response, size=int(length) if length.isdigit() else None)

    return link.persist(url, ask)


def _index_text(url: str, *, kept: Path, link: Link) -> str:
    """Text of an index; the kept copy where the server says that it did not change (304)."""
    note = kept.with_name(f"{kept.name}.json")
    known = _kept_version(kept, note, url=url)
    headers = {}
    if known.etag:
        headers["If-None-Match"] = known.etag
    elif known.last_modified:
        headers["If-Modified-Since"] = known.last_modified

    def ask() -> str:
        with link.open(url, headers=headers) as response:
            if response.status_code == 304:
                return kept.read_text(encoding="utf-8")
            length = response.headers.get("content-length", "")
            if not length.isdigit() or int(length) > _INDEX_BYTES:
                raise SourceUnavailable(
                    f"index {url} says {length or 'no'} bytes as its length; "
                    f"allowed are up to {_INDEX_BYTES:,}, and it must be said"
                )
            with link.body(response) as chunks:
                body = b"".join(chunks)
            if len(body) != int(length):
                raise Transient(f"the index was cut at byte {len(body)} of {length}")
            part = kept.with_name(f"{kept.name}.part")
            part.write_bytes(body)
            settle(part, kept)
            row = {"url": url, "sha256": hashlib.sha256(body).hexdigest()}
            version = asdict(version_of(response, size=None))
            note.write_text(json.dumps({**row, "version": version}), encoding="utf-8")
            return body.decode("utf-8", errors="replace")

    return link.persist(url, ask)


def _kept_version(kept: Path, note: Path, *, url: str) -> Version:
    """Version of the kept copy; none where it is absent, harmed or of another address."""
    try:
        row = json.loads(note.read_text(encoding="utf-8"))
        same = (row["url"], row["sha256"]) == (url, sha256(kept))
        return Version(**row["version"]) if same else Version()
    except (OSError, ValueError, KeyError, TypeError):
        return Version()


def _messages(choice: Choice, *, step: int, size_of_file: Callable[[], int]) -> tuple[Message, ...]:
    by_offset: dict[int, Message] = {}
    for parameter, member, entry in choice.found:
        length = entry.length
        if length is None:
            length = size_of_file() - entry.offset
        by_offset.setdefault(
            entry.offset,
            Message(
                offset=entry.offset, length=length, parameter=parameter, step=step, member=member
            ),
        )
    return tuple(by_offset[offset] for offset in sorted(by_offset))


def _size(url: str, *, link: Link) -> int:
    try:
        size = remote_version(url, link=link).size
    except NotThere:
        raise SourceUnavailable(f"{url} is not there (404), though its index is") from None
    if size is None:
        raise SourceUnavailable(f"{url} does not say its length, which its last message needs")
    return size


def _spell(steps: Sequence[int]) -> str:
    if len(steps) <= 8:
        return ", ".join(str(step) for step in steps)
    return f"{', '.join(str(step) for step in steps[:4])} … {steps[-1]}"
