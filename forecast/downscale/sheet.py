"""The rows of predictors and the operations of one plan, gathered in the order of calculation."""

from __future__ import annotations

from dataclasses import dataclass, field

from forecast.downscale.native import Floats
from forecast.variables import catalogue, variable


@dataclass
class Sheet:
    """Rows of predictors and operations, gathered in the order of calculation."""

    outputs: tuple[str, ...]
    rows: list[Floats] = field(default_factory=list)
    ratios: list[Floats] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    operations: list[list[int]] = field(default_factory=list)
    limits: list[list[float]] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)

    def slot(self, name: str) -> int:
        """Slot of a quantity: its output, or a scratch slot behind the outputs."""
        if name not in self.slots:
            spare = len(self.outputs) + sum(n not in self.outputs for n in self.slots)
            self.slots[name] = self.outputs.index(name) if name in self.outputs else spare
        return self.slots[name]

    def row_of(self, name: str) -> int:
        """Predictor row of the operation that fills the slot of `name`."""
        slot = self.slots[name]
        return next(operation[1] for operation in self.operations if operation[2] == slot)

    def add_rows(self, *values: Floats) -> int:
        """Add predictor rows (node, time); returns the number of the first."""
        self.rows.extend(values)
        return len(self.rows) - len(values)

    def operate(
        self,
        kind: int,
        name: str,
        *,
        row: int = 0,
        second: int = 0,
        inputs: tuple[int, int] = (0, 0),
    ) -> None:
        """Add an operation that fills the slot of `name`.

        A quantity outside the vocabulary is only for operations that follow.
        """
        self.operations.append([kind, row, self.slot(name), second, *inputs])
        valid = [0.0, 0.0, 1.0]
        if name in catalogue():
            entry = variable(name)
            valid = [entry.valid_min, entry.valid_max, float(entry.scale)]
        self.limits.append([*valid, 0.0, 0.0, 1.0])
