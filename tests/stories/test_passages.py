"""« Passage à Lomme le 12 »: who comes by says so in Lomme; Hénin-Carvin reads it, until it is called off."""

from dataclasses import replace
from datetime import datetime, timedelta

from federation.discovery.remote import resolve_handle
from models.meetings import meetings
from models.meetings.meetings import FullMeeting
from models.moments import PARIS
from models.people import actors
from models.people.actors import Profile
from models.places import places
from models.repairs.shops import shops
from models.store.database import connection, execute
from models.timelines import Page
from models.timelines.home import list_home
from outbox.meetings.meetings import cancel, withdraw
from outbox.relations import follows
from outbox.repairs.tours.passages import PassageDraft, announce
from tests.eventually import eventually
from tests.repair_shops import DETAILS, LOMME, let_appear
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_appointments import acting, ensure_commune, get_shop
from tests.stories.test_meetings import find_copy
from tests.stories.test_repair_shops import read

DAY = (datetime.now(PARIS) + timedelta(days=12)).replace(hour=9, minute=0, second=0, microsecond=0)


async def open_round(server: RunningServer) -> Member:
    """Somebody who comes by in Lomme, and appears."""
    code = await ensure_commune(server)
    shop, team = await server.add_member(await server.find_free_name("ines")), await server.add_member("equipe")
    async with acting(server) as conn:
        await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", shop.actor.id)
        profile = Profile(name="Inès", summary="", locked=False, discoverable=True, fields=[], **LOMME)
        await actors.save_profile(conn, shop.actor.id, profile)
        await shops.create(conn, shop.actor.id)
        await shops.save(conn, shop.actor.id, replace(DETAILS, workshop=False, commune_codes=[code]))
        await let_appear(conn, shop.actor, team.actor)
    return shop


async def tell(server: RunningServer, shop: Member, title: str) -> FullMeeting:
    """It comes by in twelve days, in the morning."""
    async with acting(server) as conn:
        [commune] = await places.list_communes(conn, [await ensure_commune(server)])
        draft = PassageDraft(
            commune=commune, begins_at=DAY, ends_at=DAY + timedelta(hours=3), title=title, text="Place du marché."
        )
        return await announce(conn, server.instance.site, await get_shop(server, shop), draft, by=shop.actor)


async def test_a_passage_is_read_followed_and_called_off_next_door(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    shop, bob = await open_round(lomme), (await cooperatives.add_members())[1]
    there = await resolve_handle(henin.instance, f"@{shop.actor.username}@{lomme.host}")
    async with acting(henin) as conn:
        await follows.follow(conn, henin.instance.site, bob.actor, there)
    state = "SELECT state = 'accepted' FROM follow WHERE follower_id = $1 AND followed_id = $2"
    await eventually(lambda: henin.instance.pool.fetchval(state, bob.actor.id, there.id))

    first, second = await tell(lomme, shop, "Inès passe à Lomme"), await tell(lomme, shop, "Inès repasse à Lomme")

    copies = [await find_copy(henin, one) for one in (first, second)]
    async with connection(henin.instance.pool) as conn:
        copy = await meetings.find_full(conn, copies[0])
    assert copy is not None and copy.meeting.begins_at == DAY
    assert (copy.listing.details.place_name, copy.meeting.street) == ("Dans toute la commune, Lomme", "")
    agenda = (await read(henin, "/rencontres"))[1]
    assert "Inès passe à Lomme" in agenda and "Inès repasse à Lomme" in agenda
    async with connection(henin.instance.pool) as conn:
        home = await list_home(conn, bob.actor.id, Page(limit=20))
    assert {entry.post_id for entry in home} >= set(copies)

    async with acting(lomme) as conn:
        await cancel(conn, lomme.instance.site, await get_shop(lomme, shop), first.id)
        await withdraw(conn, lomme.instance.site, await get_shop(lomme, shop), second.id)

    called_off = "SELECT status = 'cancelled' FROM meeting WHERE post_id = $1"
    gone = "SELECT deleted_at IS NOT NULL FROM post WHERE id = $1"
    await eventually(lambda: henin.instance.pool.fetchval(called_off, copies[0]))
    await eventually(lambda: henin.instance.pool.fetchval(gone, copies[1]))
    assert "Inès repasse à Lomme" not in (await read(henin, "/rencontres"))[1]
