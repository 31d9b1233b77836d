"""Two cooperatives that the stories of a file share, each with members of its own; work there is only rung for."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from models.store.background import job_queue, jobs
from outbox.traffic import queue_runner
from tests.databases import copied_database
from tests.servers import Member, RunningServer, running_server
from web.api.streaming import hub
from web.server.worker import loops

NEVER = 3600.0
"""Seconds until a server would look for work by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooperatives:
    """Lomme and Hénin-Carvin, running."""

    lomme: RunningServer
    henin: RunningServer

    async def add_members(self) -> tuple[Member, Member]:
        """Another Alice in Lomme and another Bob in Hénin-Carvin."""
        alice = await self.lomme.add_member(await self.lomme.find_free_name("alice"))
        return alice, await self.henin.add_member(await self.henin.find_free_name("bob"))


@pytest.fixture(scope="module")
def only_rung() -> Iterator[None]:
    """Servers of this process find work because somebody rang, not because it was time to look again.

    That is what "within two seconds" is made of: a ring that is missing fails whoever waits, on a quiet machine and on
    a busy one.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loops, "POLL_SECONDS", NEVER)
        patch.setattr(queue_runner, "POLL_SECONDS", NEVER)
        patch.setattr(hub, "POLL_SECONDS", NEVER)
        patch.setattr(jobs, "POLL_SECONDS", NEVER)
        patch.setattr(job_queue, "POLL", timedelta(seconds=NEVER))
        yield


@pytest.fixture(scope="module")
async def cooperatives(
    only_rung: None, postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cooperatives]:
    """Both, started once for the stories of a file."""
    folder = tmp_path_factory.mktemp("cooperatives")
    async with (
        copied_database(postgres_url, furnished) as here,
        copied_database(postgres_url, furnished) as there,
        running_server("lomme", here, folder / "lomme") as lomme,
        running_server("henin", there, folder / "henin") as henin,
    ):
        yield Cooperatives(lomme=lomme, henin=henin)
