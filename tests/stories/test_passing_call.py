"""Somebody on foot in Lomme, without an account: Bob of Hénin-Carvin comes, repairs, and nothing of her is left."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from federation.discovery.remote import resolve_handle
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Terms
from models.listings import listings
from models.listings.listings import Listing
from models.moments import PARIS
from models.people import actors
from models.store.database import connection
from outbox.exchanges.agreements.agreements import request
from outbox.relations import follows
from outbox.threads.agreement_context import Said
from tests.eventually import eventually
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_two_cooperatives import acting
from tests.web.form_client import Visitor
from tests.web.passing_scenario import BROKEN, BY_LINK, FORM, WHERE


@pytest.fixture
async def passer(cooperatives: Cooperatives) -> AsyncIterator[Visitor]:
    """Her browser."""
    lomme = cooperatives.lomme
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base_url=lomme.url, cookie_jar=jar) as session:
        client: Any = session
        yield Visitor(client, lomme.instance)


async def find_copy(server: RunningServer, uri: str) -> Listing | None:
    async with connection(server.instance.pool) as conn:
        return await listings.find_by_listing_uri(conn, uri)


async def find_state(server: RunningServer, uri: str) -> str:
    """How far the two are, as a server has it."""
    async with connection(server.instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, uri)
        threads = await exchanges.list_by_listing(conn, listing.id) if listing is not None else []
        held = await agreements.get_latest(conn, threads[0].id) if threads else None
        return held.state if held is not None else ""


async def test_a_passer_by_is_helped_by_the_cooperative_next_door(cooperatives: Cooperatives, passer: Visitor) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    bob = await henin.add_member(await henin.find_free_name("bob"))
    stream = await resolve_handle(henin.instance, f"@depannage_velo@{lomme.host}")
    async with acting(henin) as conn:
        await follows.follow(conn, henin.instance.site, await actors.get_local(conn, "coop"), stream)
    followed = "SELECT true FROM follow WHERE followed_id = $1 AND state = 'accepted'"
    await eventually(lambda: henin.instance.pool.fetchval(followed, stream.id))

    await passer.open(FORM)
    await passer.send(FORM, BROKEN | {"act": "next"})
    await passer.send(FORM, WHERE | {"act": "next"})
    await passer.send(FORM, BY_LINK | {"act": "publish"})
    assert "Gardez ce lien" in passer.text, passer.text
    page = re.search(r"/depannage/appels/(\d+)", passer.text)
    assert page is not None
    async with connection(lomme.instance.pool) as conn:
        call = await listings.find_by_post(conn, int(page[1]))
    assert call is not None
    await eventually(lambda: find_copy(henin, call.uri))
    copy = await find_copy(henin, call.uri)
    assert copy is not None and copy.details.repair is not None
    assert (copy.details.repair["travel_km"], copy.details.repair["part"]) == (3, "rayon")
    assert "le vélo ne roule pas" in copy.post.content and "peut venir jusqu’à 3" in copy.post.content

    day = (datetime.now(PARIS) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    async with acting(henin) as conn:
        said = Said(text="Je viens avec mes clés.")
        await request(conn, henin.instance.site, bob.actor, copy, Terms(begins_at=day), said)
    await eventually(lambda: reaches(lomme, call.uri, "requested"))

    await passer.open(page[0])
    assert "une réponse" in passer.text and "Je viens avec mes clés." in passer.text
    [choose] = re.findall(r'action="(/echanges/\d+/choisir)"', passer.text)
    await passer.send(choose)
    await eventually(lambda: reaches(henin, call.uri, "agreed"))
    assert "Vous êtes d’accord avec" in (await passer.open(page[0])).text

    await passer.send(f"/annonces/d/{page[1]}/etat", {"act": "done"})
    assert "C’est réparé." in passer.text
    await eventually(lambda: closes(henin, call.uri))

    await passer.send("/depannage/mon-appel/effacer")
    assert "C’est effacé" in passer.text
    gone = "SELECT NOT EXISTS (SELECT FROM post WHERE uri = $1 AND deleted_at IS NULL)"
    await eventually(lambda: henin.instance.pool.fetchval(gone, call.uri))
    async with aiohttp.ClientSession() as session:
        headers = {"Accept": "application/activity+json"}
        async with session.get(call.uri.partition("/items/")[0], headers=headers) as answer:
            assert answer.status == 410


async def reaches(server: RunningServer, uri: str, state: str) -> bool:
    return await find_state(server, uri) == state


async def closes(server: RunningServer, uri: str) -> bool:
    copy = await find_copy(server, uri)
    return copy is not None and copy.details.status == "fulfilled"
