"""A new site is closed until publisher and host are named and somebody opens it; one with members stays open."""

from dataclasses import replace
from pathlib import Path

import pytest

from models import preferences
from models.coop import opening, opening_steps
from models.errors import Conflict
from models.store import migrate
from models.store.database import Connection, execute
from tests.factories import make_local_actor, make_member

LEGAL = {"legal_publisher": "La Remise", "legal_host": "Chez nous"}

UPGRADE = (Path(migrate.__file__).parent / "migrations" / "0425_closed_until_opened.sql").read_text().partition(";")[0]
"""What the first statement of the migration does with an instance of before."""


async def name_legal(conn: Connection, publisher: str, host: str) -> None:
    chosen = await preferences.load(conn)
    await preferences.save(conn, replace(chosen, legal_publisher=publisher, legal_host=host))


@pytest.mark.parametrize(("publisher", "host"), [("", ""), ("La Remise", ""), ("", "Chez nous"), ("La Remise", " \n")])
async def test_nobody_opens_it_without_publisher_and_host(conn: Connection, publisher: str, host: str) -> None:
    await opening.close_site(conn)
    await name_legal(conn, publisher, host)

    with pytest.raises(Conflict) as refused:
        await opening.open_site(conn, by=None)

    assert refused.value.code == "opening_needs_legal" and await opening.is_closed(conn)


async def test_it_opens_and_closes_once(conn: Connection) -> None:
    awa = await make_member(conn, "awa", roles=["admin"])
    await name_legal(conn, "La Remise", "Chez nous")

    done = [
        *(await opening.close_site(conn), await opening.close_site(conn)),
        *(await opening.open_site(conn, by=awa.id), await opening.open_site(conn, by=None)),
    ]

    chosen = await preferences.load(conn)
    assert done == [True, False, True, False]
    assert (chosen.closed, chosen.opened_by, chosen.opened_at is not None) == (False, awa.id, True)


@pytest.mark.parametrize(("started", "members", "closed"), [(False, 0, False), (True, 0, True), (True, 1, False)])
async def test_an_instance_of_before_is_open_where_somebody_is_a_member(
    conn: Connection, started: bool, members: int, closed: bool
) -> None:
    if started:
        await make_local_actor(conn, "instance", type="Application")
    for number in range(members):
        await make_member(conn, f"membre{number}")

    await execute(conn, UPGRADE)

    assert await opening.is_closed(conn) is closed, "where nothing was started yet, founding closes it"


async def test_what_was_put_off_is_kept_until_it_is_taken_up_again(conn: Connection) -> None:
    awa = await make_member(conn, "awa", roles=["admin"])
    await opening_steps.note(conn, "hours", "later", by=awa.id)
    await opening_steps.note(conn, "mail", "later", by=awa.id)
    await opening_steps.note(conn, "mail", "tested", by=awa.id)

    put_off, facts = await opening_steps.list_put_off(conn), await opening_steps.load_facts(conn)
    await opening_steps.take_up_again(conn)

    assert put_off == ["hours"] and facts.mail and not facts.offer
    assert await opening_steps.list_put_off(conn) == [] and (await opening_steps.load_facts(conn)).mail
