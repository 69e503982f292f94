"""A small region with its service."""

from collections.abc import Callable

import pytest

from forecast.api.state import service_from
from forecast.service import ForecastService
from forecast.settings import Settings
from tests.support.small_region import NOW, SmallRegion


@pytest.fixture
def region(tmp_path) -> SmallRegion:
    return SmallRegion.create(tmp_path)


@pytest.fixture
def serve() -> Callable[..., ForecastService]:
    """Make the service of a region."""

    def make(region: SmallRegion, **settings: object) -> ForecastService:
        chosen = {"now": NOW, **settings}
        return service_from(Settings(store=region.root, regions=(str(region.file),), **chosen))

    return make
