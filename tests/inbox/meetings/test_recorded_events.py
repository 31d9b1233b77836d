"""Events as Mobilizon and Gancio really write them, on the agenda of whoever follows them."""

from datetime import UTC, datetime

import pytest

from federation.errors import Cause, FetchFailed
from models.meetings import agenda
from models.meetings.agenda import AgendaEntry, AgendaFilter
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import transaction
from tests.inbox.desk import Desk
from tests.inbox.posts.test_group_events import EVENT, Mobilizon
from tests.inbox.remote_people import add_stranger
from tests.payloads import load_json

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
async def mobilizon(desk: Desk, alice: Actor) -> Mobilizon:
    """Alice follows the group of a repair café."""
    group = add_stranger(desk.fediverse, "https://mobilizon.example/@repaircafe", type="Group")
    await desk.follow(alice, group)
    organiser = add_stranger(desk.fediverse, "https://mobilizon.example/@organisatrice")
    return Mobilizon(desk=desk, group=group, organiser=organiser)


async def list_agenda(desk: Desk, since: datetime = BEFORE) -> list[AgendaEntry]:
    async with transaction(desk.instance.pool) as conn:
        return await agenda.list_upcoming(conn, AgendaFilter(), since=since)


@pytest.mark.parametrize("by", ["group_create", "group_announce"])
async def test_an_event_of_a_followed_group_stands_on_the_agenda(mobilizon: Mobilizon, by: str) -> None:
    await mobilizon.say(by)

    [entry] = await list_agenda(mobilizon.desk)
    meeting = entry.meeting.meeting
    assert entry.meeting.listing.details.title == "Repair café de Lambersart"
    assert entry.occurrence.begins_at == datetime(2026, 12, 12, 14, tzinfo=PARIS)
    assert entry.occurrence.ends_at == datetime(2026, 12, 12, 18, tzinfo=PARIS)
    assert (meeting.venue, meeting.street, meeting.registration) == ("Salle Malraux", "1 rue X", "everybody")
    assert (entry.capacity, entry.free) == (None, None), "Mobilizon's 0 is no limit"


@pytest.mark.parametrize("how", ["update", "announce"])
async def test_it_moves_is_called_off_and_goes_as_its_server_says(mobilizon: Mobilizon, how: str) -> None:
    await mobilizon.say("group_announce")

    await mobilizon.say(f"group_{how}_moved")
    [moved] = await list_agenda(mobilizon.desk)
    assert moved.occurrence.begins_at == datetime(2026, 12, 19, 14, tzinfo=PARIS)
    await mobilizon.say(f"group_{how}_cancelled")
    [off] = await list_agenda(mobilizon.desk)
    assert off.cancelled and off.occurrence.id == moved.occurrence.id
    await mobilizon.say("group_delete", shows=FetchFailed(Cause.GONE, "mobilizon.example", answer=410))
    assert await list_agenda(mobilizon.desk) == []


async def test_nobody_follows_nothing_stands(mobilizon: Mobilizon) -> None:
    await mobilizon.say("group_announce")
    await mobilizon.desk.instance.pool.execute("DELETE FROM follow")

    assert await list_agenda(mobilizon.desk) == []
    assert await mobilizon.desk.value("SELECT count(*) FROM post WHERE uri = $1", EVENT) == 1


async def test_an_event_of_a_gancio_stands_on_the_agenda_with_its_place(desk: Desk, alice: Actor) -> None:
    create = load_json("gancio/create_event")
    gancio = add_stranger(desk.fediverse, create["actor"], type="Application")
    await desk.follow(alice, gancio)

    await desk.take(gancio, create)

    [entry] = await list_agenda(desk, datetime(2021, 7, 1, tzinfo=UTC))
    assert entry.occurrence.begins_at == datetime(2021, 7, 14, 17, 30, 57, tzinfo=PARIS)
    assert (entry.meeting.meeting.venue, entry.meeting.meeting.registration) == ("Colosseo", "none")
