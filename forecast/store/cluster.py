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


@dataclass(slots=True)
class _Attempt:
    """One submission of one task."""

    place: int
    call: Call
    since: float = field(default_factory=time.monotonic)


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
        self._end = end
        self._task_deadline_s = task_deadline_s
        self._running: dict[Future, _Attempt] = {}
        self._results: dict[int, Any] = {}
        self._silent: set[str] = set()
        self._exhausted = False

    def to_the_end(self, progress: Callable[[int], None]) -> list[Any]:
        while True:
            self._fill()
            if not self._running and self._exhausted:
                return [self._results[place] for place in range(len(self._results))]
            self._await_one(progress)
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
        room = QUEUED_PER_THREAD * sum(threads.values()) - len(self._running)
        while room > 0 and not self._exhausted:
            place, call = next(self._calls, (-1, None))
            if call is None:
                self._exhausted = True
                return
            self._submit(_Attempt(place, call), list(threads))
            room -= 1

    def _submit(self, attempt: _Attempt, workers: list[str]) -> None:
        function, arguments = attempt.call
        future = self._client.submit(
            function,
            *arguments,
            pure=False,
            retries=RETRIES,
            # without a suspect the scheduler stays free to use workers that join later
            workers=workers if self._silent else None,
        )
        self._running[future] = attempt

    def _await_one(self, progress: Callable[[int], None]) -> None:
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise DeadlineExceeded(
                f"the deadline passed with {len(self._results)} tasks done and"
                f" {len(self._running)} on the cluster; {len(self._silent)} workers were silent"
            )
        pause = min(POLL_S, remaining, self._task_deadline_s / 4)
        if not self._running:
            time.sleep(pause)
            return
        try:
            finished = wait(list(self._running), timeout=pause, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return
        for future in finished.done:
            self._take(future)
            progress(len(self._results))

    def _take(self, future: Future) -> None:
        """Keep the first result of a call; its error is raised unless another tries it too."""
        attempt = self._running.pop(future, None)
        if attempt is None:
            return
        others = [f for f, a in self._running.items() if a.place == attempt.place]
        if others and future.status != "finished":
            return
        self._results[attempt.place] = future.result()
        for other in others:
            del self._running[other]
            other.release()

    def _replace_overdue(self) -> None:
        """Give the calls of a silent worker to others and let it have no more."""
        now = time.monotonic()
        overdue = [f for f, a in self._running.items() if now - a.since > self._task_deadline_s]
        if not overdue:
            return
        at_work = self._client.processing()
        keys = {future.key for future in overdue}
        self._silent |= {worker for worker, held in at_work.items() if keys & set(held)}
        stuck = {key for worker in self._silent for key in at_work.get(worker, ())} | keys
        others = [w for w in self._client.nthreads() if w not in self._silent]
        if not others:
            return
        for future in [f for f in self._running if f.key in stuck]:
            attempt = self._running[future]
            attempt.since = float("inf")
            self._submit(_Attempt(attempt.place, attempt.call), others)
