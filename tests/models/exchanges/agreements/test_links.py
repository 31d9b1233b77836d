"""Links by which somebody without an account answers: each acts once, until its end, and is forgotten a month later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Gone
from models.exchanges.agreements import links
from models.exchanges.agreements.values import Agreement
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor


async def ask(conn: Connection) -> Agreement:
    """Terms of a person of another server that wait until tomorrow."""
    listing = await make_listing(conn, await make_member(conn))
    partner = await make_remote_actor(conn)
    until = datetime.now(UTC) + timedelta(days=1)
    return await make_agreement(conn, listing, partner, offer_uri=f"{partner.uri}/offers/1", held_until=until)


async def end(conn: Connection, ago: str) -> None:
    """Have all links end so long before this instant: that of the transaction, which stands still."""
    await execute(conn, "UPDATE agreement_link SET expires_at = now() - $1::text::interval", ago)


async def test_a_link_acts_once_and_says_for_what(conn: Connection) -> None:
    held = await ask(conn)
    token = await links.create(conn, held, held.partner_id)

    looked, first, second, after = (
        await links.find(conn, token),
        await links.use(conn, token),
        await links.use(conn, token),
        await links.find(conn, token),
    )

    assert (
        looked
        == first
        == links.AgreementLink(agreement_id=held.id, actor_id=held.partner_id, offer_uri=held.offer_uri, used=False)
    )
    assert second == after == replace(first, used=True)
    assert await links.find(conn, f"{token}x") is None


async def test_a_link_ends_with_the_wait_and_after_a_week_where_nobody_said_how_long(conn: Connection) -> None:
    held = await ask(conn)

    await links.create(conn, held, held.partner_id)
    assert await fetch_value(conn, "SELECT expires_at FROM agreement_link") == held.held_until
    a_week = links.find_end(replace(held, held_until=None)) - datetime.now(UTC)

    assert timedelta(days=6, hours=23) < a_week <= timedelta(days=7)


async def test_a_link_is_over_at_its_end_and_forgotten_when_a_month_has_passed(conn: Connection) -> None:
    token = await links.create(conn, await ask(conn), (await make_member(conn, "carol")).id)
    await end(conn, "0 seconds")
    assert await links.find(conn, token) is None
    with pytest.raises(Gone):
        await links.use(conn, token)

    await end(conn, "30 days")
    assert await links.forget_old(conn) == 0
    await end(conn, "30 days 1 microsecond")
    assert await links.forget_old(conn) == 1
