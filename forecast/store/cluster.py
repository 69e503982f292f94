"""Running tasks on a dask cluster that may lose workers or have some that hang."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from distributed import Client, Future, wait

from forecast.errors import DeadlineExceeded, StoreError

Call: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]

CONNECT_S: Final = 20.0
POLL_S: Final = 1.0
QUEUED_PER_THREAD: Final = 2
RETRIES: Final = 3
FETCH_S: Final = 10.0
_NOT_FETCHED: Final = object()


@dataclass(slots=True)
class _Attempt:
    """One submission of one task."""

    place: int
    call: Call
    since: float = field(default_factory=time.monotonic)
    replaced: bool = False
    worker: str | None = None


def run_on_cluster(
    calls: Iterator[Call],
    *,
    address: str,
    deadline_s: float,
    task_deadline_s: float,
    progress: Callable[[int], None],
) -> list[Any]:
    """Do every call on the workers of a scheduler; results in order.

    Args:
        calls: (function, arguments), drawn as workers become free.
        address: of the scheduler, as `tcp://host:8786`.
        deadline_s: seconds for everything.
        task_deadline_s: seconds after which a call is given to another worker.
        progress: told the number of calls done, after each.

    Raises:
        DeadlineExceeded: the deadline passed.
        StoreError: the scheduler does not answer or was lost.
    """
    end = time.monotonic() + deadline_s
    try:
        client = Client(address, timeout=min(CONNECT_S, deadline_s))
    except (OSError, TimeoutError, ValueError) as error:
        raise StoreError(f"no dask scheduler answers at {address}: {error}") from error
    run = _Run(client, calls, end=end, task_deadline_s=task_deadline_s)
    try:
        return run.to_the_end(progress)
    except CancelledError as error:
        raise StoreError(f"the dask scheduler at {address} was lost") from error
    finally:
        run.cancel()
        client.close(timeout=2)


class _Run:
    """The state of one execution: what is on the way, what is done, who hangs."""

    def __init__(
        self, client: Client, calls: Iterator[Call], *, end: float, task_deadline_s: float
    ) -> None:
        self._client = client
        self._calls = enumerate(calls)
        self._again: list[tuple[int, Call]] = []
        self._end = end
        self._task_deadline_s = task_deadline_s
        self._running: dict[Future, _Attempt] = {}
        self._results: dict[int, Any] = {}
        self._silent: set[str] = set()
        self._exhausted = False

    def to_the_end(self, progress: Callable[[int], None]) -> list[Any]:
        while True:
            self._fill()
            if self._exhausted and not self._running and not self._again:
                return [self._results[place] for place in range(len(self._results))]
            for future in self._await_some():
                self._take(future)
                progress(len(self._results))
            self._replace_overdue()

    def cancel(self) -> None:
        """Take back what is still on the way."""
        for future in self._running:
            future.release()
        self._running.clear()

    def _fill(self) -> None:
        """Submit calls until every healthy thread has one at work and one waiting."""
        threads = {
            worker: count
            for worker, count in self._client.nthreads().items()
            if worker not in self._silent
        }
        at_work = sum(1 for attempt in self._running.values() if not attempt.replaced)
        for _ in range(QUEUED_PER_THREAD * sum(threads.values()) - at_work):
            following = self._following()
            if following is None:
                self._exhausted = True
                return
            place, (function, arguments) = following
            future = self._client.submit(
                function,
                *arguments,
                pure=False,
                retries=RETRIES,
                # without a suspect the scheduler stays free to use workers that join later
                workers=list(threads) if self._silent else None,
            )
            self._running[future] = _Attempt(place, (function, arguments))

    def _following(self) -> tuple[int, Call] | None:
        """The next call: one whose worker fell silent, unless it ended after all, or a new one."""
        while self._again:
            place, call = self._again.pop()
            if place not in self._results:
                return place, call
        return next(self._calls, None)

    def _await_some(self) -> list[Future]:
        """Wait a moment for tasks to end; those that did."""
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise DeadlineExceeded(
                f"the deadline passed with {len(self._results)} tasks done and"
                f" {len(self._running)} on the cluster; {len(self._silent)} workers were silent"
            )
        pause = min(POLL_S, remaining, self._task_deadline_s / 4)
        if not self._running:
            time.sleep(pause)
            return []
        try:
            ended = wait(list(self._running), timeout=pause, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return []
        return list(ended.done)

    def _take(self, future: Future) -> None:
        """Keep the first result of a call; its error is raised unless another tries it too."""
        attempt = self._running.pop(future, None)
        if attempt is None:
            return
        others = [f for f, a in self._running.items() if a.place == attempt.place]
        if future.status == "finished":
            value = self._fetch(future)
            if value is _NOT_FETCHED:
                self._again.append((attempt.place, attempt.call))
                return
        elif others:
            return
        else:
            value = future.result()
        self._results[attempt.place] = value
        # it was slow, not dead
        self._silent.discard(attempt.worker or "")
        for other in others:
            del self._running[other]
            other.release()

    def _fetch(self, future: Future) -> Any:
        """A result that lies on a worker; if that one hangs now, it is silent from now on."""
        remaining = max(0.1, self._end - time.monotonic())
        try:
            return future.result(timeout=min(FETCH_S, self._task_deadline_s, remaining))
        except TimeoutError:
            for workers in self._client.who_has([future]).values():
                self._silent.update(workers)
            return _NOT_FETCHED

    def _replace_overdue(self) -> None:
        """Give the calls of a silent worker to others and let it have no more."""
        limit = time.monotonic() - self._task_deadline_s
        waiting = {f.key: a for f, a in self._running.items() if not a.replaced}
        overdue = {key for key, attempt in waiting.items() if attempt.since < limit}
        if not overdue:
            return
        for worker, keys in self._client.processing().items():
            held = set(keys) & set(waiting)
            if overdue & held:
                self._silent.add(worker)
                overdue |= held
                for key in held:
                    waiting[key].worker = worker
        for key in overdue:
            waiting[key].replaced = True
            self._again.append((waiting[key].place, waiting[key].call))
