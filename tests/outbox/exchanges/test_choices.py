"""One of several is chosen: each of the others has one news of it, wherever she is."""

from models.exchanges import exchanges
from models.exchanges.agreements import Terms
from models.news import news
from models.relations import bookmarks
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.choices import choose
from outbox.threads import messages
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_member
from tests.server_pair import HENIN, Pair, make_pair


async def choose_dora(conn: Connection, pair: Pair) -> None:
    """Alice says yes to a neighbour, with a word for the others."""
    dora = await make_member(conn, "dora")
    hers = await request(conn, HERE, dora, pair.here.listing, Terms())
    await choose(conn, HERE, pair.here.owner, hers, Said(offer_uri=hers.offer_uri, others="Bonne chance !"))
    await pair.carry()


async def count_news(pair: Pair) -> tuple[list[str], list[str]]:
    """What is new to Bob: in his threads, and beside them."""
    bob = pair.there.partner
    threads = await news.list_threads(pair.there.conn, bob.id)
    lines = await news.list_news(pair.there.conn, bob.id)
    return [f"{one.kind} x{one.count}" for one in threads], [one.type for one in lines]


async def test_who_asked_from_another_cooperative_has_one_news(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, title="Canapé", mode="gift")
    await request(second_conn, HENIN, pair.there.partner, pair.there.listing, Terms(), Said(text="Il me plaît."))
    await pair.carry()

    await choose_dora(conn, pair)

    assert await count_news(pair) == (["refused x1"], [])
    assert "Bonne chance !" in (await pair.there.get()).reason


async def test_who_only_wrote_from_another_cooperative_has_one_news(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, title="Canapé", mode="gift")
    owner, bob = pair.there.owner, pair.there.partner
    thread = await exchanges.open(second_conn, listing_id=pair.there.listing.id, owner_id=owner.id, partner_id=bob.id)
    await messages.write(second_conn, HENIN, bob, thread, messages.Words(text="Il passe par la porte ?"))
    await pair.carry()

    await choose_dora(conn, pair)

    assert await count_news(pair) == (["message x1"], [])


async def test_who_only_keeps_it_is_told_that_it_is_reserved(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, title="Canapé", mode="gift")
    await request(second_conn, HENIN, pair.there.partner, pair.there.listing, Terms())
    await pair.carry()
    eve = await make_member(second_conn, "eve", host=HENIN.host, uri=f"{HENIN.url}/users/eve")
    await bookmarks.save(second_conn, actor_id=eve.id, post_id=pair.there.listing.id)

    await choose_dora(conn, pair)

    assert [one.type for one in await news.list_news(second_conn, eve.id)] == ["update"]
