"""A cooperative that answers by mail."""

from collections.abc import AsyncIterator

import pytest

from tests.web.inn import Inn, open_inn
from tests.web.visitor import Doorbell


@pytest.fixture
async def inn(door: Doorbell) -> AsyncIterator[Inn]:
    """With a mail server."""
    async with open_inn(door) as inn:
        yield inn
