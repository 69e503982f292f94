"""The pointer of a store: which cycle is current, which came before; replaced as a whole."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal, Self

from forecast.errors import StoreError, UnknownName
from forecast.store.durable import replace_durably
from forecast.store.failpoints import failpoint

FORMAT: Final = "zhitian-pointer/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerEntry:
    """A cycle that was published and is still in the store.

    Attributes:
        cycle_id: name of the cycle's folder.
        manifest_sha256: hash of its manifest.
        published_at: ISO 8601 UTC.
        state: `good`, or `withdrawn` when an operator rolled back from it.
    """

    cycle_id: str
    manifest_sha256: str
    published_at: str
    state: Literal["good", "withdrawn"] = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the store serves.

    Attributes:
        fence: number of this pointer, one above the last.
        current: the cycle to serve, or None when none is good.
        entries: every published cycle that is still there, last published first.
        reason: why the pointer was written: `publish`, `rollback`, `quarantine`, `gc`.
        degraded: why a better cycle is not served, or None.
    """

    fence: int = 0
    current: str | None = None
    entries: tuple[PointerEntry, ...] = ()
    reason: str = "create"
    degraded: str | None = None

    @property
    def previous(self) -> str | None:
        """The cycle that readers fall back to, or None."""
        served = self.candidates()
        return served[1].cycle_id if len(served) > 1 else None

    def entry(self, cycle_id: str) -> PointerEntry:
        """Find a published cycle.

        Raises:
            UnknownName: the store does not have it.
        """
        for entry in self.entries:
            if entry.cycle_id == cycle_id:
                return entry
        known = ", ".join(entry.cycle_id for entry in self.entries) or "none"
        raise UnknownName(f"cycle {cycle_id!r} was asked; this store has published: {known}")

    def candidates(self) -> tuple[PointerEntry, ...]:
        """Cycles to serve, best first: the current one, then good ones published before it."""
        names = [entry.cycle_id for entry in self.entries]
        if self.current not in names:
            return ()
        place = names.index(self.current)
        older = (entry for entry in self.entries[place + 1 :] if entry.state == "good")
        return (self.entries[place], *older)

    def publishing(self, entry: PointerEntry) -> Self:
        """The pointer that makes a new cycle current."""
        return replace(
            self,
            fence=self.fence + 1,
            current=entry.cycle_id,
            entries=(entry, *self.entries),
            reason="publish",
            degraded=None,
        )

    def rolling_back(self, to: str) -> Self:
        """The pointer that serves an earlier cycle; those published after it are withdrawn."""
        place = self.entries.index(self.entry(to))
        newer = tuple(replace(entry, state="withdrawn") for entry in self.entries[:place])
        chosen = replace(self.entries[place], state="good")
        return replace(
            self,
            fence=self.fence + 1,
            current=to,
            entries=(*newer, chosen, *self.entries[place + 1 :]),
            reason="rollback",
            degraded=None,
        )

    def without(self, removed: Iterable[str], *, reason: str) -> Self:
        """The pointer without some cycles, the served one among them or not."""
        gone = set(removed)
        return replace(
            self,
            fence=self.fence + 1,
            entries=tuple(entry for entry in self.entries if entry.cycle_id not in gone),
            reason=reason,
        )

    def quarantining(self, cycle_id: str, *, why: str) -> Self:
        """The pointer without a damaged cycle; if it was served, its fall-back is, degraded."""
        kept = self.without([cycle_id], reason="quarantine")
        if cycle_id != self.current:
            return kept
        return replace(kept, current=self.previous, degraded=why)

    def to_bytes(self) -> bytes:
        """Write the pointer as JSON with a hash over its own content."""
        content = {"format": FORMAT, **asdict(self)}
        return json.dumps({**content, "sha256": _hash_of(content)}, indent=1).encode()

    @classmethod
    def from_bytes(cls, raw: bytes, *, name: str) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            StoreError: not a pointer of this format, or its hash does not match.
        """
        try:
            content = json.loads(raw)
            named = content.pop("sha256")
            if named != _hash_of(content) or content.pop("format") != FORMAT:
                raise StoreError(f"the pointer {name} is damaged: its hash does not match")
            entries = tuple(PointerEntry(**entry) for entry in content.pop("entries"))
            return cls(entries=entries, **content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"the pointer {name} is damaged: {error}") from error


def read_pointer(path: Path) -> Pointer:
    """Read a store's pointer, or its copy, marked degraded, if it is damaged or gone.

    A store that never published has neither: that is fence 0 and no cycle.

    Raises:
        StoreError: pointer and copy are both damaged, or the disk does not answer.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        why = f"the pointer {path} is gone; its copy is used"
    except StoreError as error:
        why = f"{error}; its copy is used"
    try:
        return replace(_read(_copy_of(path)), degraded=why)
    except FileNotFoundError:
        if path.exists():
            raise StoreError(f"the pointer {path} is damaged and has no copy") from None
        return Pointer()


def swap_pointer(path: Path, pointer: Pointer, *, before_swap: Callable[[], None]) -> None:
    """Replace the pointer: the one commit point. After an unclear error, look who won.

    Raises:
        OSError: the disk refused, and the old pointer stands.
    """
    try:
        replace_durably(path, pointer.to_bytes(), before_swap=before_swap)
    except OSError:
        if read_pointer(path) != pointer:
            raise
    failpoint("pointer")
    # the copy only serves when the pointer itself is damaged: the commit does not hang on it
    with contextlib.suppress(OSError):
        replace_durably(_copy_of(path), pointer.to_bytes())


def _read(path: Path) -> Pointer:
    try:
        return Pointer.from_bytes(path.read_bytes(), name=str(path))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"the pointer {path} cannot be read: {error.strerror}") from error


def _copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.copy")


def _hash_of(content: dict[str, object]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
