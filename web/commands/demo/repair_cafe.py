"""The repair café of Lomme, to which people of both houses of the demo come, and one who has no account."""

import asyncio
from datetime import datetime, time, timedelta

from federation.instance import Instance
from models.listings import listings
from models.listings.listings import Listing
from models.meetings import agenda, registrations
from models.meetings.registrations import Wish
from models.moments import PARIS
from models.people import actors
from models.places import places
from models.places.places import place_fields
from models.store.database import connection, transaction
from outbox.meetings.by_hand import write_down
from outbox.meetings.meeting_limits import MeetingDraft
from outbox.meetings.meetings import publish
from outbox.meetings.registrations import register
from web.middlewares.work_signals import notify_work

WAIT_SECONDS = 20.0

TITLE = "Café réparation du samedi"

TEXT = (
    "Un grille-pain, une lampe, un ourlet, une roue : on l’ouvre ensemble, on cherche, on essaie. Deux objets sur "
    "trois repartent réparés, et vous repartez en sachant comment.\n\nApportez l’objet, propre et vide, avec son "
    "chargeur, sa notice et ses vis. Pas de micro-ondes ni de gaz : trop dangereux à ouvrir sur une table."
)

CAPACITY = 18

HERE = {"maryse": "Un grille-pain qui ne chauffe plus", "hocine": "Une roue voilée"}
"""Who comes of Lomme, with what."""

THERE = {"leonie": "Ma machine à coudre, pour aider", "samira": "Une lampe"}
"""Who comes of Hénin-Carvin."""


async def hold_repair_cafe(home: Instance, other: Instance) -> None:
    """Published in one house, joined from both: each seat is taken by the verb that pages call."""
    meeting = await _announce(home)
    await _come(home, meeting.uri, HERE)
    async with transaction(home.pool) as conn:
        coop = await actors.get_local(conn, "coop")
        [first, *_] = await agenda.list_entries(conn, meeting.id)
        await write_down(conn, coop, first.occurrence.id, "Odette", Wish(message="Un pantalon à raccourcir"))
    await _wait_for(other, meeting.uri)
    await _come(other, meeting.uri, THERE)
    await _wait_until_taken(home, first.occurrence.id, len(HERE) + len(THERE) + 1)


async def _announce(home: Instance) -> Listing:
    day = datetime.now(PARIS).date() + timedelta(days=7)
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    async with transaction(home.pool) as conn:
        coop = await actors.get_local(conn, "coop")
        commune = await places.find_commune_named(conn, "59160 Lomme")
        place = place_fields(commune.place if commune else None)
        draft = MeetingDraft(
            title=TITLE,
            text=TEXT,
            begins_at=datetime.combine(saturday, time(14), PARIS),
            ends_at=datetime.combine(saturday, time(18), PARIS),
            venue="Salle du Marais",
            street="3 rue du Lin",
            registration="everybody",
            capacity=CAPACITY,
            rrule="FREQ=WEEKLY;INTERVAL=2",
            **{name: value for name, value in place.items() if name != "radius"},
        )
        meeting = (await publish(conn, home.site, coop, draft)).listing
    await notify_work(home.pool)
    return meeting


async def _come(instance: Instance, uri: str, people: dict[str, str]) -> None:
    for username, brought in people.items():
        async with transaction(instance.pool) as conn:
            meeting = await listings.find_by_listing_uri(conn, uri)
            assert meeting is not None
            somebody = await actors.get_local(conn, username)
            await register(conn, instance.site, somebody, meeting.id, Wish(message=brought))
    await notify_work(instance.pool)


async def _wait_for(instance: Instance, uri: str) -> None:
    """Until what the other house announced stands here."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            async with connection(instance.pool) as conn:
                if await listings.find_by_listing_uri(conn, uri) is not None:
                    return
            await asyncio.sleep(0.05)


async def _wait_until_taken(instance: Instance, occurrence_id: int, people: int) -> None:
    """Until so many have their seats, those of the other house too."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            async with connection(instance.pool) as conn:
                counts = await registrations.count(conn, [occurrence_id])
            if counts[occurrence_id].taken >= people:
                return
            await asyncio.sleep(0.05)
