"""Maps of grades that are worked out before anyone asks, so that nobody waits for the first."""

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from forecast.advise.grading import parts_named
from forecast.errors import InvalidRequest, SettingsError, ZhitianError
from forecast.service.advice.region import RegionQuestion, ask_region
from forecast.service.maps.grading import GradedBlocks, blocks_of
from grids import GridsError

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

NAME: Final = "warm_maps"
ROUND_S: Final = 60.0
"""How often it is looked whether a run has come or the hour has turned."""

_PAUSE_S: Final = 0.2


class Warming:
    """Keeps the maps of some crops ready; whoever asks for a block goes before it.

    Args:
        service: that grades.
        grades: where the blocks are kept.
        wanted: `region:crop` texts, the more important first.

    Raises:
        SettingsError: one of them names no region or no crop of this service.
    """

    def __init__(
        self, service: "ForecastService", grades: GradedBlocks, wanted: Sequence[str]
    ) -> None:
        self._service, self._grades, self._wanted = service, grades, tuple(wanted)
        self._ending = threading.Event()
        for text in wanted:
            try:
                self._question(text)
            except InvalidRequest as error:
                raise SettingsError(
                    f"setting {NAME!r} has {text!r}; allowed is region:crop, as in tianjin:rice:"
                    f" {error}"
                ) from error

    def start(self) -> None:
        """Begin in the background; nothing is begun where nothing is wanted."""
        if self._wanted:
            threading.Thread(target=self._run, name="warming", daemon=True).start()

    def close(self) -> None:
        """End after the block that is under way."""
        self._ending.set()

    def round(self) -> int:
        """Work out once what is missing of all that is wanted.

        What cannot be graded (no run, an expired one) is left for another round: `/v1/status`
        and whoever asks are told why.

        Returns:
            Blocks that were gone through.
        """
        return sum(self._warmed(text) for text in self._wanted)

    def _run(self) -> None:
        while not self._ending.is_set():
            self.round()
            self._ending.wait(ROUND_S)

    def _warmed(self, text: str) -> int:
        done = 0
        try:
            question = self._question(text)
            grid = self._service.region(question.region).current().cycle.grid
            for part in blocks_of(grid):
                while not self._grades.idle and not self._ending.wait(_PAUSE_S):
                    pass
                if self._ending.is_set():
                    break
                self._grades.ahead(question, part)
                done += 1
        except (ZhitianError, GridsError, CancelledError):
            return done
        except RuntimeError:
            # no more work is taken while the service ends
            if not self._ending.is_set():
                raise
        return done

    def _question(self, text: str) -> RegionQuestion:
        """The question on all that is mapped of a crop over a region."""
        region, _, crop = text.partition(":")
        question = ask_region(self._service, region=region, crop=crop)
        return replace(question, rules=tuple(one.id for one in parts_named(question.profile, None)))
