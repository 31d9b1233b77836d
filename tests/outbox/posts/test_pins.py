"""What somebody keeps at the top of her profile: her own, public, told to her followers once."""

import pytest

from models.errors import Invalid
from models.posts import PUBLIC, Audience
from models.relations.pins import list_pinned
from models.store.database import Connection
from outbox.posts.pins import pin, unpin
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.outbox.sent_activities import list_sent


@pytest.mark.parametrize("audience", ["network", "unlisted", "coop", "territories", "followers", "direct"])
async def test_only_what_anybody_may_read_is_pinned(conn: Connection, audience: Audience) -> None:
    alice = await make_member(conn)
    note = await make_note(conn, alice, audience=audience)

    if audience in PUBLIC:
        await pin(conn, HERE, alice, note)
    else:
        with pytest.raises(Invalid) as refused:
            await pin(conn, HERE, alice, note)
        assert (refused.value.code, refused.value.field) == ("pin_not_public", "id")

    assert await list_pinned(conn, alice.id) == ([note.id] if audience in PUBLIC else [])


async def test_nobody_pins_what_another_wrote(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    note = await make_note(conn, bob)

    with pytest.raises(Invalid) as refused:
        await pin(conn, HERE, alice, note)

    assert refused.value.code == "pin_of_others"


async def test_followers_are_told_once_each_way(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    note = await make_note(conn, alice)

    for act in (pin, pin, unpin, unpin):
        await act(conn, HERE, alice, note)

    assert [one.type for one in await list_sent(conn)] == ["Add", "Remove"]
