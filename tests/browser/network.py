"""What a visit costs on the wire, and a phone's connection and processor."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

SLOW_BYTES_S = 1.6e6 / 8
SLOW_LATENCY_MS = 150
SLOW_PROCESSOR = 4


@dataclass
class Wire:
    """Bytes that came in for one page, heads and compressed bodies.

    Attributes:
        sizes: of each answer by its address, bytes.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Bytes of all answers."""
        return sum(self.sizes.values())

    def heard(self, page: Page) -> Any:
        """Listen from now on; the session of Chromium's protocol is returned."""
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        return session

    def _received(self, event: Any) -> None:
        self._addresses[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: Any) -> None:
        address = self._addresses.get(event["requestId"], "")
        self.sizes[address] = self.sizes.get(address, 0) + int(event["encodedDataLength"])


def slowed(session: Any) -> None:
    """1.6 Mbit/s with 150 ms to the server and back, and a processor four times slower.

    Args:
        session: of Chromium's protocol, from `Wire.heard`.
    """
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": SLOW_LATENCY_MS,
            "downloadThroughput": SLOW_BYTES_S,
            "uploadThroughput": SLOW_BYTES_S,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
