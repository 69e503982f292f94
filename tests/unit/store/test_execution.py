"""Tasks run in order of their results, within bounds of memory and time, and stop at errors."""

import threading
import time

import dask
import pytest

from forecast.errors import DeadlineExceeded, StoreError
from forecast.store.execution import execute, thread_count


def test_results_come_in_the_order_of_the_tasks() -> None:
    def slow_first(number: int) -> int:
        time.sleep(0.05 if number == 0 else 0)
        return number * number

    assert execute([(slow_first, (n,)) for n in range(20)]) == [n * n for n in range(20)]


def test_delayed_graphs_are_computed() -> None:
    add = dask.delayed(lambda a, b: a + b)
    assert execute([add(add(1, 2), 3), add(4, 5)], scheduler="threads") == [6, 9]


def test_tasks_are_drawn_only_as_threads_become_free() -> None:
    drawn, done = 0, 0
    ahead: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        nonlocal done
        time.sleep(0.002)
        with lock:
            done += 1

    def tasks():
        nonlocal drawn
        for _ in range(60):
            drawn += 1
            ahead.append(drawn - done)
            yield work, ()

    execute(tasks())
    assert done == 60
    assert max(ahead) <= thread_count() + 1


def test_progress_counts_up_to_all() -> None:
    seen: list[int] = []
    execute([(int, ()) for _ in range(5)], progress=seen.append)
    assert sorted(seen) == [1, 2, 3, 4, 5]


def test_the_first_error_is_raised_and_the_rest_is_not_begun() -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if number == 3:
            raise ValueError("number three")

    with pytest.raises(ValueError, match="number three"):
        execute((work, (n,)) for n in range(1000))
    assert len(begun) < 50


def test_the_deadline_ends_it() -> None:
    with pytest.raises(DeadlineExceeded, match="deadline passed"):
        execute([(time.sleep, (0.4,)) for _ in range(4)], deadline_s=0.1)


def test_a_scheduler_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9"):
        execute([(int, ())], scheduler="tcp://127.0.0.1:9", deadline_s=0.5)
