"""A cooperative that answers by mail."""

from collections.abc import AsyncIterator

import pytest

from tests.web.form_client import Doorbell
from tests.web.guest_scenario import Inn, open_inn


@pytest.fixture
async def inn(door: Doorbell) -> AsyncIterator[Inn]:
    """With a mail server."""
    async with open_inn(door) as inn:
        yield inn
