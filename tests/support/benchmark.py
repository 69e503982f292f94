"""Timing by CPU seconds, and the rows of docs/benchmarks.md."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


def cpu_seconds(work: Callable[[], object], *, repeats: int = 5, calls: int = 1) -> float:
    """Smallest CPU time of one call, over several repeats, after one warm-up call.

    CPU time (all threads of this process) is what a busy machine changes least.

    Args:
        work: what to time.
        repeats: how often it is timed.
        calls: calls in one timing, for work of microseconds.
    """
    work()
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, (time.process_time() - start) / calls)
    return best


@dataclass
class Measurements:
    """What the benchmarks of this run measured."""

    rows: list[str] = field(default_factory=list)

    def add(self, what: str, figure: str, *, wanted: str, how: str) -> None:
        """Add a row to the page.

        Args:
            what: the claim, as "kernel beside gridpp simple_gradient".
            figure: what was measured, with its unit, as "212 x".
            wanted: the bound that the benchmark asserts, as ">= 150 x"; "–" where there is none.
            how: sizes and peer, in a few words.
        """
        self.rows.append(f"| {what} | {figure} | {wanted} | {how} |")
