"""Posts from elsewhere: once more for more readers than before, and where the homes of their authors are."""

from typing import Any

import pytest

from models.people.actors import Actor
from models.places.geometry import blur
from models.store.database import connection, transaction
from outbox.moderation.message_requests import accept_sender
from tests.factories import make_member
from tests.inbox.desk import Desk


async def test_what_waited_for_one_of_two_comes_to_her_with_its_edit_once_she_follows_its_writer(
    desk: Desk, alice: Actor
) -> None:
    eve = desk.fediverse.add_person("eve", "neu.test")
    async with connection(desk.instance.pool) as conn:
        hocine = await make_member(conn, "hocine")
    named: list[dict[str, Any]] = [
        {"type": "Mention", "href": one.uri, "name": f"@{one.handle}"} for one in (alice, hocine)
    ]
    note = desk.note(eve, to=[alice.uri, hocine.uri], cc=[], tag=named, published="2026-01-01T00:00:00Z")
    await desk.take(eve, desk.create(eve, note))
    author = await desk.meet(eve)
    async with transaction(desk.instance.pool) as conn:
        await accept_sender(conn, alice, author.id)
    await desk.take(eve)
    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], [])
    await desk.follow(hocine, eve)

    edited = note | {"content": "<p>corrigé</p>", "updated": "2026-01-02T00:00:00Z"}
    await desk.take(eve, desk.activity(eve, "Update", edited))

    assert (await desk.told(alice), await desk.told(hocine)) == (["mention"], ["mention"])
    assert await desk.value("SELECT count(*) FROM mention WHERE actor_id = $1", hocine.id) == 1
    assert await desk.value("SELECT count(*) FROM conversation WHERE owner_id = $1", hocine.id) == 1
    assert await desk.value("SELECT count(*) FROM message_request WHERE reader_id = $1", hocine.id) == 0


@pytest.mark.parametrize(
    ("type", "radius", "known"),
    [
        ("Person", None, (*blur(50.64961, 2.98434), 500)),
        ("Person", 20, (*blur(50.64961, 2.98434), 500)),
        ("Person", 2000, (50.64961, 2.98434, 2000)),
        ("Organization", None, (50.64961, 2.98434, None)),
    ],
)
async def test_where_a_person_elsewhere_is_is_kept_no_finer_than_her_cell(
    desk: Desk, alice: Actor, type: str, radius: int | None, known: tuple[float, float, int | None]
) -> None:
    eve = desk.fediverse.add_person("eve", "neu.test", type=type)
    await desk.follow(alice, eve)
    place: dict[str, Any] = {"type": "Place", "name": "Lomme", "latitude": 50.64961, "longitude": 2.98434}
    place |= {} if radius is None else {"radius": radius}
    event = desk.note(eve, type="Event", name="Atelier", location=place, startTime="2099-01-01T10:00:00Z")

    await desk.take(eve, desk.create(eve, event))

    row = await desk.row("SELECT latitude, longitude, radius FROM listing")
    assert tuple(row) == known
