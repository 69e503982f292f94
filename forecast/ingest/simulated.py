"""The mark of a simulated GRIB message, written by the scenario and read by every decoder."""

from typing import Final

import eccodes

EXPERIMENT: Final = "simu"
"""ECMWF experiment version (section 2) of every simulated message; operations use 0001."""

PRODUCTION_STATUS: Final = 1
"""WMO code table 1.3: operational test products, not operational ones."""


def is_marked(handle: int) -> bool:
    """Say whether a GRIB message is marked as simulated.

    Args:
        handle: ecCodes message handle.
    """
    if not eccodes.codes_is_defined(handle, "expver"):
        return False
    return (
        eccodes.codes_get(handle, "expver", str) == EXPERIMENT
        and eccodes.codes_get(handle, "productionStatusOfProcessedData", int) == PRODUCTION_STATUS
    )
