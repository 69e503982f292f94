"""A cheap phone: a slow connection and a slow processor."""

from playwright.sync_api import Page

BYTES_S = 1.6e6 / 8
LATENCY_MS = 150
PROCESSOR = 4


def slowed(page: Page) -> None:
    """1.6 Mbit/s with 150 ms to the server and back, and a processor four times slower.

    Args:
        page: whose requests and scripts are slowed from now on; those of workers are not.
    """
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_S,
            "uploadThroughput": BYTES_S,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
