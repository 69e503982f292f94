"""Places where a test may stop, break or delay the writer, by one environment variable.

`ZHITIAN_FAILPOINT=<stage>[:kill|raise|sleep]` acts when the writer reaches the stage;
without the variable nothing happens. Stages, in the order of a publication: `begin`,
`write`, `verify`, `gates`, `manifest`, `fsync`, `rename`, `pointer-temporary`, `pointer`,
`committed`; and `gc` between taking a folder out of the store and deleting it. An intake of
observations has `observations` before its first change and `observations-written` before its end;
an issue of advice has `advice` in its middle, the soil water of a crop `water` before its file is
replaced.
"""

import os
import signal
import time
from typing import Final

STAGES: Final = (
    "begin",
    "write",
    "verify",
    "gates",
    "manifest",
    "fsync",
    "rename",
    "pointer-temporary",
    "pointer",
    "committed",
    "gc",
)
SLEEP_S: Final = 2.0


class FailpointReached(RuntimeError):
    """A test asked the writer to fail here."""


def failpoint(stage: str) -> None:
    """Do what the environment asks for at this stage: kill -9, raise, or sleep 2 s."""
    wanted, _, action = os.environ.get("ZHITIAN_FAILPOINT", "").partition(":")
    if wanted != stage:
        return
    if action == "raise":
        raise FailpointReached(f"the fail-point {stage!r} was asked to raise")
    if action == "sleep":
        time.sleep(SLEEP_S)
        return
    os.kill(os.getpid(), signal.SIGKILL)
