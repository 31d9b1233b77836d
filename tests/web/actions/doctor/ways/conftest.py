"""An authority whose certificates the instance trusts."""

import pytest

from tests.certificates import Authority, make_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for all tests of a file."""
    return make_authority(tmp_path_factory.mktemp("authority"))
