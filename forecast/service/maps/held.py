"""Arrays that are worked out once and kept while there is room."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]


class Held:
    """The arrays that were asked last; safe to use from many threads.

    Who asks for what another is working out waits for it, so that nothing is done twice.

    Args:
        most_bytes: that are kept; the one that was asked last is kept however large it is.
    """

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._held: OrderedDict[Hashable, Array] = OrderedDict()
        self._under_way: dict[Hashable, Future[Array]] = {}
        self._changing = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """Bytes of what is kept now."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], Array]) -> Array:
        """The array of a key, made where it is not at hand.

        Args:
            key: what it is, with the cycle it is from.
            make: works it out; an error is told to all who wait, and nothing is kept.
        """
        with self._changing:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
                return found
            waiting = self._under_way.get(key)
            mine: Future[Array] = Future()
            if waiting is None:
                self._under_way[key] = mine
        if waiting is not None:
            return waiting.result()
        return self._made(key, make, mine)

    def _made(self, key: Hashable, make: Callable[[], Array], told: Future[Array]) -> Array:
        try:
            made = make()
        except BaseException as error:
            with self._changing:
                del self._under_way[key]
            told.set_exception(error)
            raise
        made.setflags(write=False)
        with self._changing:
            del self._under_way[key]
            self._held[key] = made
            self._bytes += made.nbytes
            while self._bytes > self._most_bytes and len(self._held) > 1:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
        told.set_result(made)
        return made
