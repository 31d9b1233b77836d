"""Links that are handed over without a mail."""

from models.access import one_time_links
from models.store.database import Connection
from tests.factories import HERE, make_member
from web.security.one_time_links import make_member_link, make_setup_link


async def test_a_fresh_instance_gets_a_link_to_its_wizard(conn: Connection) -> None:
    await make_member(conn, "alice")

    address = await make_setup_link(conn, HERE)

    assert address is not None
    path, _, token = address.rpartition("/")
    link = await one_time_links.find(conn, token)
    assert path == f"{HERE.url}/installation" and link is not None and link.purpose == "setup"


async def test_an_instance_with_an_administrator_gets_none(conn: Connection) -> None:
    await make_member(conn, "alice", roles=["admin"])

    assert await make_setup_link(conn, HERE) is None


async def test_a_link_handed_over_lives_for_two_days(conn: Connection) -> None:
    alice = await make_member(conn, "alice")

    address = await make_member_link(conn, HERE, alice.id)

    link = await one_time_links.find(conn, address.removeprefix(f"{HERE.url}/lien/"))
    assert link is not None and (link.purpose, link.actor_id) == ("password", alice.id)
    assert link.expires_at - link.created_at == one_time_links.BY_HAND
