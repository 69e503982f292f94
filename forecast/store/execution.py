"""Where work is done: in threads, or on a dask cluster by its address; nowhere else.

A cluster may lose a worker (dask runs its tasks again) or have one that hangs, which dask
notices after minutes or never: so every task has a deadline of its own, after which it is given
to another worker and the silent one gets no more work, and the whole has a deadline too. Tasks
must be idempotent and pass keys, not arrays.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Final, TypeAlias

from dask.delayed import Delayed

from forecast.errors import DeadlineExceeded
from forecast.store.cluster import run_on_cluster

Call: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
Progress: TypeAlias = Callable[[int], None]

THREADS: Final = "threads"
TASK_DEADLINE_S: Final = 300.0


def execute(
    tasks: Iterable[Call | Delayed],
    *,
    scheduler: str | None = None,
    deadline_s: float = 3600.0,
    task_deadline_s: float = TASK_DEADLINE_S,
    progress: Progress | None = None,
) -> list[Any]:
    """Do every task and return their results in order.

    The tasks are drawn from their iterator as workers become free, so that memory stays bounded.
    The first error ends the whole and is raised; so does an interrupt.

    Args:
        tasks: (function, arguments) pairs or `dask.delayed` objects.
        scheduler: None or `threads` for this process, else the address of a dask scheduler.
        deadline_s: seconds for everything.
        task_deadline_s: seconds after which a task on a cluster is given to another worker.
        progress: told the number of tasks done, after each.

    Raises:
        DeadlineExceeded: the deadline passed; what was done is not undone.
        StoreError: no scheduler answers at the address, or it was lost.
    """
    calls = (_as_call(task) for task in tasks)
    report = progress or _unheard
    if scheduler in (None, THREADS):
        return _in_threads(calls, deadline_s=deadline_s, progress=report)
    return run_on_cluster(
        calls,
        address=str(scheduler),
        deadline_s=deadline_s,
        task_deadline_s=task_deadline_s,
        progress=report,
    )


def thread_count() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def _in_threads(calls: Iterator[Call], *, deadline_s: float, progress: Progress) -> list[Any]:
    end = time.monotonic() + deadline_s
    results: dict[int, Any] = {}
    pending: dict[Future[Any], int] = {}
    pool = ThreadPoolExecutor(thread_count(), thread_name_prefix="zhitian")
    try:
        for place, (function, arguments) in enumerate(calls):
            pending[pool.submit(function, *arguments)] = place
            if len(pending) >= thread_count():
                _collect(pending, results, end=end, progress=progress)
        while pending:
            _collect(pending, results, end=end, progress=progress)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return [results[place] for place in range(len(results))]


def _collect(
    pending: dict[Future[Any], int], results: dict[int, Any], *, end: float, progress: Progress
) -> None:
    """Wait for at least one task and take its result."""
    done, _ = wait(pending, timeout=end - time.monotonic(), return_when=FIRST_COMPLETED)
    if not done:
        raise DeadlineExceeded(
            f"the deadline passed with {len(results)} tasks done and {len(pending)} at work"
        )
    for future in done:
        results[pending.pop(future)] = future.result()
        progress(len(results))


def _unheard(done: int) -> None:
    """Progress that nobody asked for."""
    del done


def _as_call(task: Call | Delayed) -> Call:
    return (_Graph(task), ()) if isinstance(task, Delayed) else task


class _Graph:
    """A dask graph that one worker computes as a whole."""

    def __init__(self, graph: Delayed) -> None:
        self._graph = graph

    def __call__(self) -> Any:
        """Compute the graph in the calling thread."""
        return self._graph.compute(scheduler="synchronous")
