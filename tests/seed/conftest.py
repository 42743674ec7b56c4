import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("LOYALTY_DATA_FILES", Path(__file__).parents[2] / ".." / "shared" / "data"))


@pytest.fixture(scope="session")
def cdnow_file() -> Path:
    return _there("cdnow.txt.xz")


@pytest.fixture(scope="session")
def online_retail_file() -> Path:
    return _there("online_retail.csv.xz")


def _there(name: str) -> Path:
    file = DATA / name
    if not file.exists():
        pytest.skip(f"{name} is not beside the repository")
    return file
