"""Whoever waits to be let in is in no read, count or list: each answers as if she were not there."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.exchanges import points
from models.news import mail_preferences
from models.people import accounts, actors, member_directory, roles, usage_statistics
from models.people.arrivals import unconfirmed_accounts
from models.people.sign_ups import NewSignUp
from models.relations import follow_suggestions, follows
from models.repairs.calls import watches
from models.store.database import Connection, execute, fetch_value
from models.traffic.inbound.incoming_context import ContextQuery, load_context
from outbox.people.accounts import ask_to_join
from outbox.posts.mentions import find_mentioned
from tests.factories import HERE, make_member
from tests.points import switch_on

NOW = datetime.now(UTC)

CAROLE = f"{HERE.url}/users/carole"

READS: dict[str, Callable[[Connection, int], Awaitable[Any]]] = {
    "members": lambda conn, _: accounts.list_accounts(conn),
    "members by a part of the name": lambda conn, _: accounts.list_accounts(conn, search="carol"),
    "member by name": lambda conn, _: accounts.find_by_username(conn, "carole"),
    "actor by name": lambda conn, _: actors.find_local(conn, "carole"),
    "actor that others may know": lambda conn, _: actors.find_published(conn, "carole"),
    "actor by handle": lambda conn, _: actors.find_by_handle(conn, "carole", HERE.host),
    "actor by id": lambda conn, _: actors.find_by_uri(conn, CAROLE),
    "actors by id": lambda conn, _: actors.list_by_uris(conn, [CAROLE]),
    "known or not": lambda conn, _: actors.is_known(conn, CAROLE),
    "search": lambda conn, _: actors.search(conn, "carole", limit=9),
    "named in a text": lambda conn, _: find_mentioned(conn, HERE, "Bonjour @carole, @carole@lomme.test"),
    "whom a post from elsewhere is for": lambda conn, _: load_context(
        conn,
        ContextQuery(
            uri="https://henin.test/1",
            author_id=1,
            author_uri="https://henin.test/bob",
            author_host="henin.test",
            in_reply_to=None,
            people=[CAROLE],
        ),
    ),
    "directory": lambda conn, me: member_directory.list_directory(conn, me, active=True, offset=0, limit=9),
    "directory, the newest": lambda conn, me: member_directory.list_directory(
        conn, None, active=False, offset=0, limit=9
    ),
    "whom to follow": lambda conn, me: follow_suggestions.list_suggestions(conn, me),
    "a reader of ours": lambda conn, me: follows.find_local_reader(conn, "https://henin.test/bob", [CAROLE]),
    "figures of the server": lambda conn, _: usage_statistics.count_server(conn),
    "weeks of the server": lambda conn, _: usage_statistics.list_weeks(conn),
    "points of all": lambda conn, _: points.list_members(conn),
    "who gets points": lambda conn, _: points.grant_due(conn, at=NOW + timedelta(days=32), limit=100),
    "repairers near": lambda conn, _: watches.count_near(conn, 50.645, 2.987),
    "who is written to": lambda conn, _: mail_preferences.schedule_all(
        conn, until=NOW, oldest=NOW, due={"now": NOW, "daily": NOW, "weekly": NOW}
    ),
    "who answers requests": lambda conn, _: roles.list_holders(conn, "sign_ups"),
    "an administrator": lambda conn, _: accounts.has_admin(conn),
    "unconfirmed and old": lambda conn, _: unconfirmed_accounts.forget_unconfirmed(conn, days=0),
}
"""What lists, counts or finds people, by what it is."""


ALSO_NOBODYS = ["whom to follow", "who is written to", "who answers requests"]
"""What does not find her as a member of an hour either: she published nothing, holds no role and had no news."""


async def wait(conn: Connection) -> int:
    """Carole asks, and is as visible as settings can make her; she came by just now."""
    new = NewSignUp(
        username="carole",
        email="carole@example.org",
        password_hash="x",
        name="Carole",
        language="fr",
        commune_code=None,
    )
    asked = await ask_to_join(conn, HERE, new, None)
    assert asked.actor_id is not None
    await execute(conn, "UPDATE sign_up SET confirmed_at = now()")
    await execute(
        conn,
        "UPDATE actor SET discoverable = true, indexable = true, latitude = 50.645, longitude = 2.987 WHERE id = $1",
        asked.actor_id,
    )
    await execute(
        conn,
        "UPDATE account SET last_seen_at = now(), created_at = now() - interval '9 days' WHERE actor_id = $1",
        asked.actor_id,
    )
    await execute(conn, "INSERT INTO repair_watch (actor_id) VALUES ($1)", asked.actor_id)
    return asked.actor_id


@pytest.mark.parametrize("name", READS)
async def test_nobody_finds_her(conn: Connection, name: str) -> None:
    await switch_on(conn)
    alice = await make_member(conn, roles=["admin"])
    await READS[name](conn, alice.id)  # what it does once is done
    before = await READS[name](conn, alice.id)
    carole = await wait(conn)

    assert await READS[name](conn, alice.id) == before
    assert await fetch_value(conn, "SELECT count(*) FROM account WHERE actor_id = $1", carole) == 1


async def test_she_is_found_as_soon_as_she_is_let_in(conn: Connection) -> None:
    """What holds the reads above is that she waits, and nothing else."""
    alice = await make_member(conn, roles=["admin"])
    finders = [name for name in READS if name not in ("who gets points", "unconfirmed and old", "an administrator")]
    before = {name: await READS[name](conn, alice.id) for name in finders}
    carole = await wait(conn)
    await execute(conn, "UPDATE account SET waits_since = NULL, confirmed_at = now() WHERE actor_id = $1", carole)
    await execute(conn, "UPDATE actor SET suspended_at = NULL WHERE id = $1", carole)

    same = [name for name in finders if await READS[name](conn, alice.id) == before[name]]
    assert same == ALSO_NOBODYS
