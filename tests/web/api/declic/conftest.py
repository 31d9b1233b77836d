"""Alice's client of our own API."""

import pytest

from tests.web.api.conftest import Alice
from tests.web.api.declic.contract import Own, read_contract
from tests.web.form_client import add_communes


@pytest.fixture
async def own(alice: Alice) -> Own:
    """The communes around are known."""
    await add_communes(alice.api.instance)
    return Own(api=alice.api, document=await read_contract(alice.api))


@pytest.fixture
async def open(own: Own) -> Own:
    """The same server asked by nobody in particular."""
    return Own(api=own.api.as_anybody(), document=own.document)
