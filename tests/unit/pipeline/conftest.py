"""A region of a hundred cells beside the made fields."""

from pathlib import Path

import pytest

from forecast import regions
from forecast.regions import Region


@pytest.fixture
def region(tmp_path: Path) -> Region:
    path = tmp_path / "small.toml"
    path.write_text(
        'name = "small"\nlabel_zh = "小"\nlabel_en = "Small"\ntimezone = "Asia/Shanghai"\n'
        "[box]\nwest = 116.40\nsouth = 38.90\neast = 116.50\nnorth = 39.00\n",
        encoding="utf-8",
    )
    return regions.load(path)
