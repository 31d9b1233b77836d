"""A child that opens what others signed, and somebody elsewhere who signs."""

from collections.abc import AsyncIterator

import pytest

from federation.instance import Instance
from federation.jsonld.jsonld import JsonLdProcessor
from tests.fediverse import FakeFediverse, Person


@pytest.fixture(scope="module")
async def opener() -> AsyncIterator[JsonLdProcessor]:
    """One child for all tests of a module: starting it takes half a second."""
    processor = JsonLdProcessor(work="open", most_waiting=8)
    yield processor
    await processor.close()


@pytest.fixture
def server(instance: Instance, opener: JsonLdProcessor) -> Instance:
    """Our server with that child."""
    object.__setattr__(instance, "linked_data", opener)
    return instance


@pytest.fixture
def bob(fediverse: FakeFediverse) -> Person:
    """Bob, at henin.test, whose server signs as Mastodon does."""
    return fediverse.add_person()
