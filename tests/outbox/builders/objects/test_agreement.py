"""An agreement on the wire: ids and moments are the owner's to give, and a partner says her yes without any."""

from dataclasses import replace
from datetime import timedelta

from models.exchanges.agreements import Terms, next_moment
from models.store.database import Connection
from outbox.builders.objects.agreement import build_agreement
from outbox.exchanges.agreements.agreements import request
from outbox.threads.agreement_context import Said, find_context
from tests.factories import HERE, make_listing, make_member, make_remote_actor


async def test_what_only_the_owners_server_knows_stands_in_its_word_alone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, alice, mode="gift", wants="une tarte")
    held = await request(conn, HERE, bob, listing, Terms(in_return="deux tartes"), Said(uri=f"{bob.uri}/offers/1"))
    held = replace(held, held_until=next_moment() + timedelta(days=1))
    case = replace(await find_context(conn, held), agreement=held)

    word, yes = build_agreement(case), build_agreement(case, by=bob)

    assert held.uri is not None and word.stipulates_reciprocal is not None and yes.stipulates_reciprocal is not None
    assert (word.id, word.attributed_to, word.request) == (held.uri, alice.uri, f"{bob.uri}/offers/1")
    assert (word.updated, word.end_time) == (held.updated_at, held.held_until)
    assert (word.stipulates.id, word.stipulates_reciprocal.id) == (f"{held.uri}#primary", f"{held.uri}#reciprocal")
    assert (yes.id, yes.attributed_to, yes.request) == (None, bob.uri, None)
    assert (yes.updated, yes.end_time, yes.stipulates.id, yes.stipulates_reciprocal.id) == (None,) * 4
    assert build_agreement(replace(case, agreement=replace(held, state="agreed"))).end_time is None
    assert (yes.context, yes.in_reply_to, yes.state) == (word.context, word.in_reply_to, word.state)
