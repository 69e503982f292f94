"""Time zones of the tests."""

from typing import Final

BEIJING: Final = "Asia/Shanghai"
"""Zone of Beijing time, in which the agromet day (20-20) and the rain day (08-08) are kept."""
