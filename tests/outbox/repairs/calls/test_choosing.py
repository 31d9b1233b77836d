"""Several propose to repair a bike: one is accepted, the others are thanked and released, wherever they are."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from federation.texts.html_cleaner import to_text
from models.errors import Conflict
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, Pool, connection, fetch_column, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel
from outbox.exchanges.choices import choose
from outbox.listings import listings as verbs
from outbox.threads.agreement_context import Said
from outbox.threads.waiting_requests import REPAIRER_CHOSEN
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.server_pair import HENIN, Pair, make_pair

CALL: dict[str, Any] = {"kind": "repair_call", "mode": "repair", "title": "Pneu à plat", "repair": {"urgency": "Today"}}

TOMORROW = (datetime.now(PARIS) + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)

WHEN = Terms(begins_at=TOMORROW, place="Devant la gare")


async def propose_next_door(pair: Pair) -> Agreement:
    """Bob of Hénin-Carvin proposes a time; as Lomme has it."""
    await request(pair.there.conn, HENIN, pair.there.partner, pair.there.listing, WHEN, Said(text="Je passe à 18 h."))
    await pair.carry()
    return await pair.here.get()


async def propose_here(conn: Connection, pair: Pair, name: str) -> Agreement:
    return await request(conn, HERE, await make_member(conn, name), pair.here.listing, WHEN)


async def list_words_to(conn: Connection, actor: Actor) -> list[str]:
    """What was written to somebody of a server that reads no agreements."""
    bodies = await fetch_column(
        conn,
        """
        SELECT a.body FROM activity a JOIN delivery d ON d.activity_id = a.id WHERE a.type = 'Create' AND d.host = $1
        ORDER BY a.id
        """,
        actor.host,
    )
    return [to_text(orjson.loads(one)["object"]["content"]) for one in bodies]


async def test_one_of_three_is_accepted_and_the_others_are_thanked(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, **CALL)
    carla = await make_remote_actor(conn, "carla", "mastodon.test")
    await propose_next_door(pair)
    in_words = await request(conn, HERE, carla, pair.here.listing, WHEN)
    hers = await propose_here(conn, pair, "awa")

    done = await choose(conn, HERE, pair.here.owner, hers, Said(offer_uri=hers.offer_uri, others="À une autre fois !"))
    await pair.carry()

    assert done.state == "agreed"
    for one in (await pair.there.get(), await pair.here.get()):
        assert one.state == "refused" and one.reason.startswith(f"{REPAIRER_CHOSEN}\nÀ une autre fois !")
    [*_, last] = await list_words_to(conn, carla)
    assert REPAIRER_CHOSEN in last and "À une autre fois !" in last
    assert in_words.partner_id == carla.id
    copy = await listings.find_by_post(second_conn, pair.there.listing.id)
    assert copy is not None and copy.details.status == "reserved"


async def test_a_proposal_from_next_door_is_accepted_and_done(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, **CALL)
    await propose_here(conn, pair, "awa")
    held = await propose_next_door(pair)

    await choose(conn, HERE, pair.here.owner, held, Said(offer_uri=held.offer_uri))
    await pair.carry()

    assert (await pair.there.get()).state == "agreed"
    states = await fetch_column(conn, "SELECT state FROM agreement ORDER BY id")
    assert states == ["refused", "agreed"]


async def test_of_two_acceptances_at_once_one_counts(pool: Pool) -> None:
    async with transaction(pool) as conn:
        hocine = await make_member(conn, "hocine")
        call = await make_listing(conn, hocine, **CALL)
        held = [await request(conn, HERE, await make_member(conn, name), call, WHEN) for name in ("awa", "nour")]

    async def say_yes(one: Agreement) -> str:
        async with transaction(pool) as conn:
            return (await accept(conn, HERE, hocine, one, Said(offer_uri=one.offer_uri))).state

    found = await asyncio.gather(*(say_yes(one) for one in held), return_exceptions=True)

    assert [one for one in found if one == "agreed"] == ["agreed"]
    assert [type(one) for one in found if one != "agreed"] == [Conflict]
    async with connection(pool) as conn:
        assert sorted(await fetch_column(conn, "SELECT state FROM agreement")) == ["agreed", "refused"]


@pytest.mark.parametrize(("outcome", "words"), [("done", "ouverte"), ("cancelled", "ouverte")])
async def test_a_proposal_after_the_end_has_a_clear_answer(
    conn: Connection, second_conn: Connection, outcome: str, words: str
) -> None:
    pair = await make_pair(conn, second_conn, **CALL)
    await verbs.close(conn, HERE, pair.here.owner, pair.here.listing.uri, outcome)
    await pair.here.list_new()  # the end has not come to Hénin-Carvin yet

    await request(second_conn, HENIN, pair.there.partner, pair.there.listing, WHEN)
    await pair.carry()

    refused = await pair.there.get()
    assert refused.state == "refused" and words in refused.reason
    assert await pair.here.find() is None


async def test_a_proposal_for_what_is_promised_has_a_clear_answer(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, **CALL)
    hers = await propose_here(conn, pair, "awa")
    await accept(conn, HERE, pair.here.owner, hers, Said(offer_uri=hers.offer_uri))
    await pair.here.list_new()

    await request(second_conn, HENIN, pair.there.partner, pair.there.listing, WHEN)
    await pair.carry()

    assert "Quelqu’un d’autre" in (await pair.there.get()).reason


async def test_a_repairer_who_cannot_come_frees_the_call_again(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, **CALL)
    hers = await propose_here(conn, pair, "awa")
    agreed = await accept(conn, HERE, pair.here.owner, hers, Said(offer_uri=hers.offer_uri))

    await cancel(conn, HERE, await find_partner(conn, agreed), agreed, Said(text="Je suis malade."))

    call = await listings.find_by_post(conn, pair.here.listing.id)
    assert call is not None and call.details.status == "open"


async def find_partner(conn: Connection, held: Agreement) -> Actor:
    return await actors.get(conn, held.partner_id)


@pytest.mark.parametrize("forged", ["actor", "context", "receiver", "provider"])
async def test_a_forged_proposal_changes_nothing(conn: Connection, second_conn: Connection, forged: str) -> None:
    pair = await make_pair(conn, second_conn, **CALL)
    await request(second_conn, HENIN, pair.there.partner, pair.there.listing, WHEN)
    [offer] = [one for one in await pair.there.list_new() if one["type"] == "Offer"]
    mallory = await make_remote_actor(conn, "mallory", "evil.test")
    stipulates = offer["object"]["stipulates"]
    if forged == "actor":
        offer["actor"] = mallory.uri
    elif forged == "context":
        stipulates["satisfies"] = f"{mallory.uri}/items/1#primary"
    else:
        stipulates[forged] = mallory.uri

    await pair.here.receive(offer)

    assert await pair.here.find() is None
    assert await fetch_column(conn, "SELECT id FROM agreement") == []
