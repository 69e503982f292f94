"""A report on skill as Markdown, and its tables as rows of text."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.variables import variable
from forecast.verify.classes import DIMENSIONS
from forecast.verify.events import COST_LOSS
from forecast.verify.section import LABELS, Section, SkillReport

HEADINGS: Final = {
    "variable": "variable",
    "lead": "lead",
    "dz": "height difference",
    "sun": "sun",
    "coast": "coast",
    "hour": "hour",
    "threshold": "limit",
    "scale": "cells",
    "method": "method",
    "n": "n",
    "stations": "places",
    "mae": "MAE",
    "rmse": "RMSE",
    "bias": "bias",
    "within": "within 2 °C",
    "mae_reduction": "by MAE",
    "rmse_reduction": "by RMSE",
    "mae_interval": "95 % interval, MAE",
    "rmse_interval": "95 % interval, RMSE",
    "dm_p": "DM p",
    "events": "events",
    "pod": "POD",
    "far": "FAR",
    "ets": "ETS",
    "frequency_bias": "frequency bias",
    **{f"value_{ratio:g}": f"value at {ratio:g}" for ratio in COST_LOSS},
    "frequency": "frequency",
    "useful": "useful from",
    **LABELS,
    "correlation": "correlation",
    "mean": "mean",
    "members": "members",
    "crps": "CRPS",
    "crps_fair": "fair CRPS",
    "rmse_mean": "RMSE of the mean",
    "spread": "spread",
    "spread_skill": "spread / skill",
    "coverage": "P10–P90 holds",
    "outside": "beyond all",
    "rank": "rank",
    "share": "share",
}
"""Columns shown to people, in order, and what they are called; others are in the JSON only."""

SHARES: Final = frozenset({"within", "coverage", "outside", "frequency", "share"})
CHANGES: Final = frozenset({"mae_reduction", "rmse_reduction"})
COUNTS: Final = frozenset({"n", "stations", "events", "members", "rank", "scale"})
LEAST_P: Final = 0.001
DASH: Final = "–"
SMALL_MARK: Final = " †"
OPENING: Final = """# How good the forecasts are

Every table below was written by the command above it, none by hand. `zhitian verify` makes the same
tables for any place where somebody observes: a CSV of stations and a model file are enough.

* Compared are always the same stations and times for all methods.
* MAE, RMSE and bias (forecast minus observation) are in the unit of the variable. *by MAE* is the
  change beside the reference, so -20 % is a fifth less error. Its 95 % interval comes from drawing
  whole squares of ground, or whole days, again and again; where both exist the wider is shown.
* *within 2 °C* is the share of errors of at most 2 K, China's accuracy of temperature forecasts.
* *height difference* is station minus model, either sign. Day is when the sun stands above the
  horizon. *DM p* is the chance of such a difference by luck (Diebold and Mariano, daily means).
* *value at 0.1* is the share of what a perfect frost forecast saves for somebody whose protection
  costs a tenth of the loss; below 0 one does better without the forecast.
* † marks fewer than 30 pairs, events or non-events.
"""

SMALL_NOTE: Final = "† fewer than 30 pairs, or fewer than 30 events or non-events: hardly evidence."


def text_table(section: Section) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows of a section as text, columns that say nothing left out.

    Args:
        section: any kind.
    """
    table = section.table.copy()
    if table.empty:
        return ("nothing",), []
    if section.kind == "fss":
        table = _side_by_side(table)
    for name in ("mae", "rmse"):
        if f"{name}_low" in table:
            table[f"{name}_interval"] = [
                _interval(row)
                for row in zip(table[f"{name}_low"], table[f"{name}_high"], strict=True)
            ]
    shown = [name for name in HEADINGS if name in table and not _says_nothing(table[name], name)]
    small = table["small"] if "small" in table else pd.Series(data=False, index=table.index)
    rows = [
        tuple(
            _cell(name, row[name]) + (SMALL_MARK if name == "n" and flagged else "")
            for name in shown
        )
        for row, flagged in zip(table.to_dict("records"), small, strict=True)
    ]
    return tuple(HEADINGS[name] for name in shown), rows


def markdown(report: SkillReport, *, command: str, level: int = 2) -> str:
    """The report as Markdown: command, facts, tables, limits; `OPENING` explains its columns.

    Args:
        report: what came of a verification.
        command: how to make it again.
        level: of its heading.
    """
    lines = [f"{'#' * level} {report.title}", "", "```sh", command, "```", ""]
    lines += [f"* {fact}" for fact in report.facts]
    for section in report.sections:
        headings, rows = text_table(section)
        lines += ["", f"{'#' * (level + 1)} {section.title}", ""]
        lines += _pipe(headings, rows)
        notes = list(section.notes)
        if any(SMALL_MARK in cell for row in rows for cell in row):
            notes.append(SMALL_NOTE)
        lines += ["", *(f"* {_sentence(note)}" for note in notes)] if notes else []
    if report.limits:
        lines += ["", f"{'#' * (level + 1)} What this does not show", ""]
        lines += [f"* {limit}" for limit in report.limits]
    return "\n".join(lines) + "\n"


def _pipe(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = ["---" if place < _texts(headings) else "--:" for place in range(len(headings))]
    return [f"| {' | '.join(cells)} |" for cells in (headings, ruler, *rows)]


def _texts(headings: Sequence[str]) -> int:
    """How many columns at the left are words."""
    words = {HEADINGS[name] for name in ("variable", "threshold", "scale", "method", *DIMENSIONS)}
    return next((place for place, name in enumerate(headings) if name not in words), 0)


def _side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Fractions skill scores with a column for each method."""
    keys = ["threshold", "scale", "frequency", "useful"]
    return table.pivot(index=keys, columns="method", values="fss").reset_index()


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return _named(name, value)
    if value is None or not np.isfinite(value):
        return DASH
    if name in COUNTS:
        text = f"{int(value):,}"
    elif name in CHANGES:
        text = _change(value)
    elif name in SHARES:
        text = f"{100.0 * value:.1f} %"
    elif name == "threshold":
        text = f"{value:g}"
    elif name == "dm_p" and value < LEAST_P:
        text = f"< {LEAST_P:g}"
    else:
        digits = 3 if abs(value) < 1.0 else 2
        text = f"{_rounded(value):{'+' if name == 'bias' else ''}.{digits}f}"
    return text


def _named(name: str, value: str) -> str:
    if name == "variable":
        return f"{value} ({variable(value).units})"
    return LABELS.get(value, value) or DASH


def _interval(ends: tuple[float, float]) -> str:
    low, high = ends
    if not np.isfinite(low):
        return DASH
    return f"{_change(high)} … {_change(low)}"


def _change(reduction: float) -> str:
    """A reduction as the change of the error, per cent; no change has no sign."""
    percent = -100.0 * reduction
    return f"{percent:+.1f} %" if abs(percent) >= 0.05 else "0.0 %"


def _rounded(value: float) -> float:
    return 0.0 if abs(value) < 0.0005 else value


def _says_nothing(column: pd.Series, name: str) -> bool:
    if name in DIMENSIONS:
        return bool((column == "all").all())
    if column.dtype == object:
        return bool((column == DASH).all())
    return bool(column.isna().all()) if name not in COUNTS else False


def _sentence(note: str) -> str:
    text = note[:1].upper() + note[1:]
    return text if text.endswith((".", "!")) else f"{text}."
