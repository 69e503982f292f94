"""A picture of the worst state of each rule, and the best light of each window, for people."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.export.colours import NO_DATA, NOT_APPLICABLE, colours_of

ACROSS: Final = 4
"""Maps beside each other."""

INCHES: Final = 4.2
LETTERS: Final = 62
"""Letters of the heading in the width of one map."""


def draw_grades(maps: xr.Dataset, path: Path, *, provenance: Mapping[str, Any]) -> int:
    """Draw one map for each rule: its highest state, or the best light, of all days.

    Args:
        maps: from `advise.grading.grade_maps`, in memory.
        path: PNG to write.
        provenance: cycle, source, and whether it is simulated.

    Returns:
        How many maps were drawn.

    Raises:
        InvalidRequest: matplotlib is not installed.
    """
    pyplot = require_pyplot()
    fields = [field for field in maps.data_vars.values() if "flag_values" in field.attrs]
    across = min(ACROSS, len(fields))
    down = -(-len(fields) // across)
    figure, axes = pyplot.subplots(
        down, across, figsize=(INCHES * across, INCHES * down + 0.9), squeeze=False
    )
    edges = [
        float(maps[name].values[place]) for name in ("longitude", "latitude") for place in (0, -1)
    ]
    for panel in axes.flat[len(fields) :]:
        panel.set_axis_off()
    for panel, field in zip(axes.flat, fields, strict=False):
        kind = str(field.attrs["kind"])
        image = coloured(field.values.max(axis=0), kind)
        panel.imshow(image, origin="lower", extent=edges, aspect="auto", interpolation="nearest")
        panel.set_title(f"{field.attrs['rule_id']} ({kind})", fontsize=8)
        panel.tick_params(labelsize=6)
    figure.suptitle(_heading(maps, provenance, width=LETTERS * across), fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110, format="png")
    pyplot.close(figure)
    return len(fields)


def _heading(maps: xr.Dataset, provenance: Mapping[str, Any], *, width: int) -> str:
    mark = "SIMULATED. " if provenance.get("simulated") else ""
    subject = f"{mark}{maps.attrs['profile']}, cycle {provenance.get('cycle', '')}"
    colours = (
        "rules: green none, blue 1, yellow 2, orange 3, red 4; windows and sowing: red, amber,"
        " green; grey: not applicable, white: no data"
    )
    return "\n".join(fill(line, width) for line in (f"{subject}: highest of all days", colours))


def require_pyplot() -> Any:
    """Matplotlib's pyplot, drawing to files.

    Raises:
        InvalidRequest: it is not installed.
    """
    try:
        import_module("matplotlib").use("Agg")
    except ImportError:
        raise InvalidRequest(
            "a picture was asked; it needs matplotlib, which is not installed: pip install"
            " matplotlib"
        ) from None
    return import_module("matplotlib.pyplot")


def coloured(codes: npt.NDArray[np.int8], kind: str) -> npt.NDArray[np.uint8]:
    """Codes [row, column] as colours [row, column, 3].

    Args:
        codes: -2 to 4.
        kind: of the map.
    """
    table = np.full((7, 3), 0, dtype=np.uint8)
    table[0], table[1] = NOT_APPLICABLE, NO_DATA
    for code, colour in colours_of(kind).items():
        table[code + 2] = colour
    return table[codes.astype(np.intp) + 2]
