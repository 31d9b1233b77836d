"""Somebody on foot, and a cooperative that answers by mail."""

from collections.abc import AsyncIterator

import pytest

from tests.web.form_client import Doorbell
from tests.web.passing_scenario import Roadside, stand_by_the_road


@pytest.fixture
async def road(door: Doorbell) -> AsyncIterator[Roadside]:
    """With a mail server."""
    async with stand_by_the_road(door) as road:
        yield road
