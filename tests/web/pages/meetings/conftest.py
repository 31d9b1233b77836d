"""A repair café of La Remise in ten days, with two seats, and one that comes again every week."""

from dataclasses import dataclass

import pytest

from federation.instance import Instance
from models.meetings import agenda
from models.meetings.agenda import AgendaEntry
from models.meetings.meetings import FullMeeting
from models.store.database import connection, transaction
from outbox.meetings.meetings import publish
from tests.outbox.meetings.sample_meetings import make_draft
from tests.sample_village import Village


@dataclass(frozen=True, slots=True, kw_only=True)
class Cafes:
    """Both meetings, with the times to come of each."""

    once: FullMeeting
    weekly: FullMeeting
    first: AgendaEntry
    weeks: list[AgendaEntry]

    @property
    def path(self) -> str:
        """The page of the one that takes place once."""
        return self.once.listing.post.url.removeprefix("http://lomme.test")

    @property
    def manage(self) -> str:
        """Where the team looks after it."""
        return f"/coop/rencontres/d/{self.once.id}"

    @property
    def seat(self) -> dict[str, str]:
        """What the form of its page holds hidden."""
        return {"fois": str(self.first.occurrence.id)}


@pytest.fixture
async def cafes(instance: Instance, lomme: Village) -> Cafes:
    async with transaction(instance.pool) as conn:
        once = await publish(conn, instance.site, lomme.coop, make_draft())
        weekly = await publish(
            conn, instance.site, lomme.coop, make_draft(title="Troc de plants", capacity=None, rrule="FREQ=WEEKLY")
        )
    async with connection(instance.pool) as conn:
        [first] = await agenda.list_entries(conn, once.id)
        weeks = await agenda.list_entries(conn, weekly.id)
    return Cafes(once=once, weekly=weekly, first=first, weeks=weeks)
