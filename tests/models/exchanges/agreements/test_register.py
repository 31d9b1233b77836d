"""The register of agreements: all that concern somebody of ours, by pages."""

from models.exchanges.agreements import register
from models.store.database import Connection
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor


async def test_those_of_ours_are_listed_by_pages_in_their_order_with_where_the_other_is(conn: Connection) -> None:
    alice, bruno = await make_member(conn), await make_member(conn, "bruno")
    bob, eve = await make_remote_actor(conn), await make_remote_actor(conn, "eve", "neu.test")
    ours, theirs = await make_listing(conn, alice), await make_listing(conn, bob)
    made = [
        await make_agreement(conn, ours, bruno),
        await make_agreement(conn, ours, bob, state="agreed"),
        await make_agreement(conn, theirs, alice),
    ]
    await make_agreement(conn, theirs, eve)

    first = await register.list_registered(conn, limit=2)
    second = await register.list_registered(conn, after=first[-1].id, limit=2)

    assert [one.id for one in first] == [one.id for one in made[:2]]
    assert [one.id for one in second] == [made[2].id]
    found = [(one.state, one.elsewhere, one.kind, one.mode) for one in (*first, *second)]
    assert found == [
        ("requested", None, "offer", "loan"),
        ("agreed", "henin.test", "offer", "loan"),
        ("requested", "henin.test", "offer", "loan"),
    ]
