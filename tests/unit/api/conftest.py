"""One published small region and its application, for all tests that only read."""

import pytest

from tests.support.asking import Api
from tests.support.small_region import SmallRegion


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    made.publish()
    return made


@pytest.fixture(scope="session")
def api(region: SmallRegion) -> Api:
    return Api.over(region)
