"""How much a file may ask for before it is refused, and how long decoding may take."""

from dataclasses import dataclass

GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """Bounds that hold for every file, whoever sent it.

    Attributes:
        points: largest number of grid points in one message (0.05° global has 26 million).
        messages: largest number of messages in one file.
        file_bytes: largest file, in bytes.
        decoded_bytes: largest sum of the decoded, cropped float32 fields of one `read`, in bytes.
        memory_bytes: address space of the decoding child, in bytes.
        message_seconds: wall time for one message.
        cpu_seconds: processor time of one child (at most `batch` messages).
        batch: messages that one child decodes before a fresh one takes over.
        crashes: children that may die over one batch before its rest is refused.
        workers: children that decode at the same time.
    """

    points: int = 40_000_000
    messages: int = 200_000
    file_bytes: int = 16 * GIB
    decoded_bytes: int = 12 * GIB
    memory_bytes: int = 3 * GIB
    message_seconds: float = 30.0
    cpu_seconds: int = 600
    batch: int = 256
    crashes: int = 8
    workers: int = 2
