"""Maps and plots of skill; matplotlib is asked for when they are drawn, not before."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.errors import InvalidRequest
from forecast.variables import variable
from forecast.verify.classes import ALL
from forecast.verify.comparison import Comparison
from forecast.verify.continuous import errors_of
from forecast.verify.section import LABELS, Section, SkillReport

OURS: Final = "zhitian"
COLOURS: Final = {
    "nearest": "tab:grey",
    "bilinear": "tab:orange",
    "fixed-lapse": "tab:green",
    "zhitian": "tab:blue",
    "persistence": "tab:purple",
}
SPLITS: Final = ("dz", "lead", "sun", "coast")


def draw(report: SkillReport, folder: Path) -> tuple[Path, ...]:
    """Draw what a report allows, as PNG files.

    Args:
        report: from a verification.
        folder: made if it is not there.

    Returns:
        the files that were written.

    Raises:
        InvalidRequest: matplotlib is not installed.
    """
    pyplot = _pyplot()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in _figures(report, pyplot):
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=110)
        pyplot.close(figure)
        written.append(path)
    return tuple(written)


def error_map(comparison: Comparison, name: str, *, methods: tuple[str, str]) -> Any:
    """Map of each station's mean absolute error by two methods, and of what the second gains.

    Args:
        comparison: pairs with `longitude` and `latitude`.
        name: variable.
        methods: the reference and ours.

    Returns:
        a matplotlib figure.
    """
    pyplot = _pyplot()
    part = comparison.only(name)
    places = part.table[["station", "longitude", "latitude"]].copy()
    for method in methods:
        places[method] = np.abs(errors_of(part, method))
    places = places.groupby("station").mean()
    gain = places[methods[0]] - places[methods[1]]
    most = float(np.nanpercentile(places[list(methods)].to_numpy(), 98)) or 1.0
    unit = variable(name).units
    figure, axes = pyplot.subplots(1, 3, figsize=(14, 4.2), layout="constrained", sharey=True)
    for axis, method in zip(axes, methods, strict=False):
        shown = axis.scatter(
            places["longitude"], places["latitude"], c=places[method], s=10, vmin=0, vmax=most
        )
        axis.set(title=f"error, {LABELS.get(method, method)}")
    figure.colorbar(shown, ax=axes[:2], label=f"mean absolute error, {unit}")
    change = axes[2].scatter(
        places["longitude"], places["latitude"], c=gain, s=10, cmap="RdBu", vmin=-most, vmax=most
    )
    axes[2].set(title="gain (blue) and loss (red)")
    figure.colorbar(change, ax=axes[2], label=unit)
    return figure


def class_plot(table: pd.DataFrame, split: str) -> Any:
    """Change of MAE beside the reference in each class, with its interval.

    Args:
        table: from `score_table`, one variable.
        split: dimension of the classes.

    Returns:
        a matplotlib figure.
    """
    pyplot = _pyplot()
    rows = table[(table[split] != ALL) & (table["n"] > 0)]
    others = [name for name in SPLITS if name != split and name in rows]
    rows = rows[(rows[others] == ALL).all(axis=1)] if others else rows
    labels = list(dict.fromkeys(rows[split]))
    figure, axis = pyplot.subplots(figsize=(8, 4), layout="constrained")
    methods = list(dict.fromkeys(rows["method"]))
    for place, method in enumerate(methods):
        own = rows[rows["method"] == method].set_index(split).reindex(labels)
        value = -100.0 * own["mae_reduction"].to_numpy(float)
        ends = -100.0 * own[["mae_high", "mae_low"]].to_numpy(float)
        low, high = (np.nan_to_num(np.abs(end - value)) for end in ends.T)
        axis.errorbar(
            np.arange(len(labels)) + 0.12 * (place - len(methods) / 2),
            value,
            yerr=[low, high],
            fmt="o",
            capsize=3,
            color=COLOURS.get(method),
            label=LABELS.get(method, method),
        )
    axis.axhline(0.0, color="grey", linewidth=0.8)
    axis.set_xticks(
        range(len(labels)), [f"{label}\nn = {_count(rows, split, label)}" for label in labels]
    )
    axis.set(ylabel="change of MAE, %", title=str(rows["variable"].iloc[0]))
    axis.legend()
    return figure


def rank_plot(section: Section, name: str) -> Any:
    """Rank histogram of one variable, a line where it would be flat.

    Args:
        section: of kind `ranks`.
        name: variable.

    Returns:
        a matplotlib figure.
    """
    pyplot = _pyplot()
    rows = section.table[section.table["variable"] == name]
    figure, axis = pyplot.subplots(figsize=(8, 4), layout="constrained")
    for method, own in rows.groupby("method", sort=False):
        axis.step(own["rank"], own["share"], where="mid", label=LABELS.get(str(method), method))
    axis.axhline(1.0 / rows["rank"].max(), color="grey", linewidth=0.8)
    axis.set(xlabel="rank of the observation", ylabel="share", title=name)
    axis.legend()
    return figure


def _figures(report: SkillReport, pyplot: Any) -> Iterator[tuple[str, Any]]:
    del pyplot
    for section in report.sections:
        if section.kind == "ranks":
            for name in section.table["variable"].drop_duplicates():
                yield f"ranks_{name}", rank_plot(section, name)
    scored = next((part for part in report.sections if part.kind == "continuous"), None)
    if report.pairs is None or scored is None:
        return
    reference = next(iter(report.pairs.methods))
    reference = "bilinear" if "bilinear" in report.pairs.methods else reference
    ours = OURS if OURS in report.pairs.methods else report.pairs.methods[-1]
    for name in report.pairs.variables:
        yield f"map_{name}", error_map(report.pairs, name, methods=(reference, ours))
        table = scored.table[scored.table["variable"] == name]
        for split in SPLITS:
            if split in table and ((table[split] != ALL) & (table["n"] > 0)).any():
                yield f"{split}_{name}", class_plot(table, split)


def _count(rows: pd.DataFrame, split: str, label: str) -> int:
    return int(rows.loc[rows[split] == label, "n"].iloc[0])


def _pyplot() -> Any:
    """Matplotlib's pyplot, drawing to files.

    Raises:
        InvalidRequest: it is not installed.
    """
    try:
        import_module("matplotlib")
    except ImportError:
        raise InvalidRequest(
            "plots were asked; they need matplotlib, which is not installed: pip install matplotlib"
        ) from None
    return import_module("matplotlib.pyplot")
