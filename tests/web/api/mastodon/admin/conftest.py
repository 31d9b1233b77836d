"""The crew, for all tests of moderation by an app."""

import pytest

from tests.web.api.conftest import Api
from tests.web.api.mastodon.admin.crew import Crew, gather


@pytest.fixture
async def crew(anybody: Api) -> Crew:
    """Who is there."""
    return await gather(anybody)
