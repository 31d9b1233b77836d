"""Our server among others, for what comes in: real signatures, a real database, no network."""

from pathlib import Path

import pytest

from federation.instance import Instance
from models.actors import Actor
from models.database import Pool, connection
from models.settings import Settings
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse, Person
from tests.inbox.desk import Desk


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else."""
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server."""
    return Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)


@pytest.fixture
def desk(instance: Instance, fediverse: FakeFediverse) -> Desk:
    """Where activities are handed in."""
    return Desk(instance=instance, fediverse=fediverse)


@pytest.fixture
def bob(fediverse: FakeFediverse) -> Person:
    """Bob, at henin.test."""
    return fediverse.add_person()


@pytest.fixture
async def alice(pool: Pool) -> Actor:
    """Alice, a member here."""
    async with connection(pool) as conn:
        return await make_member(conn)
