"""What is worked out is worked out once, and kept while there is room."""

import threading

import numpy as np
import pytest

from forecast.service.maps.held import Held


def zeros(count: int) -> np.ndarray:
    return np.zeros(count, dtype=np.uint8)


def test_the_oldest_goes_when_there_is_no_room() -> None:
    held, made = Held(most_bytes=100), []

    def ask(key: str) -> None:
        held.get(key, lambda: made.append(key) or zeros(40))

    for key in ("a", "b", "a", "c"):
        ask(key)
    # 120 bytes are too many, and b was asked before a
    assert held.held_bytes == 80
    ask("a")
    ask("b")
    assert made == ["a", "b", "c", "b"]


def test_the_last_is_kept_however_large() -> None:
    held, made = Held(most_bytes=10), []
    for _ in range(2):
        held.get("a", lambda: made.append(1) or zeros(1000))
    assert (held.held_bytes, made) == (1000, [1])


def test_many_who_ask_at_once_wait_for_one_work() -> None:
    held, made, begun = Held(most_bytes=1000), [], threading.Barrier(8)
    going = threading.Event()

    def work() -> np.ndarray:
        made.append(1)
        going.wait(5)
        return zeros(3)

    def ask() -> None:
        begun.wait()
        found.append(held.get("a", work))

    found: list[np.ndarray] = []
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    going.set()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert all(one is found[0] for one in found)


def test_an_error_is_told_and_not_kept() -> None:
    held = Held(most_bytes=1000)

    def fails() -> np.ndarray:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        held.get("a", fails)
    assert held.get("a", lambda: zeros(3)).size == 3


def test_what_is_kept_cannot_be_changed() -> None:
    found = Held(most_bytes=1000).get("a", lambda: zeros(3))
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1
