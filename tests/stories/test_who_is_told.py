"""Who is told next door: administrators of who follows them, repairers of a call, moderators of a report."""

from dataclasses import replace

from federation.discovery.remote import resolve_handle
from models.listings.listings import ListingDraft
from models.moderation import reports
from models.people import actors
from models.repairs.calls import watches
from models.repairs.calls.watches import RepairWatch
from models.store.database import execute, transaction
from outbox.listings import listings
from outbox.moderation import reports as outbox
from outbox.moderation.reports import Complaint
from outbox.relations import follows
from tests.eventually import eventually
from tests.servers import Member, RunningServer
from tests.stories.conftest import MakeServer
from tests.stories.test_two_cooperatives import acting
from web.middlewares.work_signals import notify_work

FLAT = ListingDraft(
    kind="repair_call",
    mode="repair",
    title="Pneu à plat",
    text="Devant la gare.",
    place_name="Hénin-Beaumont",
    postcode="62110",
    commune_code="62427",
    latitude=50.42,
    longitude=2.95,
    repair={"urgency": "Now"},
)


async def count_news(server: RunningServer, type: str, member: Member) -> int:
    found: int = await server.instance.pool.fetchval(
        "SELECT count(*) FROM notification WHERE type = $1 AND recipient_id = $2", type, member.actor.id
    )
    return found


async def test_what_happens_next_door_is_told_to_whom_it_concerns_and_to_nobody_else(make_server: MakeServer) -> None:
    lomme, henin = await make_server("lomme"), await make_server("henin")
    awa, odile = await lomme.add_member("awa"), await henin.add_member("odile", roles=["admin"])
    bob, mona = await henin.add_member("bob"), await henin.add_member("mona", roles=["moderator"])
    stream = await resolve_handle(lomme.instance, f"@depannage_velo@{henin.host}")
    async with acting(lomme) as conn:
        await execute(conn, "UPDATE actor SET latitude = 50.43, longitude = 2.97 WHERE id = $1", awa.actor.id)
        await watches.save(conn, awa.actor.id, RepairWatch(by_mail=True, at_night=False))
        ours = await actors.get_local(conn, "coop")
        await follows.follow(conn, lomme.instance.site, ours, stream)

    async def followed() -> bool:
        return await count_news(henin, "coop_follow", odile) == 1

    await eventually(followed)
    assert await count_news(henin, "coop_follow", mona) == 0

    nowhere = replace(FLAT, place_name=None, postcode=None, commune_code=None, latitude=None, longitude=None)
    async with acting(henin) as conn:
        made = await listings.publish(conn, henin.instance.site, bob.actor, nowhere)

    async def stands() -> bool:
        return bool(await lomme.instance.pool.fetchval("SELECT count(*) FROM post WHERE uri = $1", made.uri))

    await eventually(stands)
    assert await count_news(lomme, "repair_call", awa) == 0
    async with acting(henin) as conn:
        await listings.edit(conn, henin.instance.site, bob.actor, made.uri, FLAT)

    async def told() -> bool:
        return await count_news(lomme, "repair_call", awa) == 1

    await eventually(told)

    author = await resolve_handle(lomme.instance, f"@bob@{henin.host}")
    async with transaction(lomme.instance.pool) as conn:
        post_id = await conn.fetchval("SELECT id FROM post WHERE uri = $1", made.uri)
        complaint = Complaint(target=author, post_ids=(post_id,), content="Ce n’est pas son vélo.", forward=True)
        await outbox.report(conn, lomme.instance.site, awa.actor, complaint)
    await notify_work(lomme.instance.pool)

    async def reported() -> bool:
        return [await count_news(henin, "admin.report", who) for who in (odile, mona, bob)] == [1, 1, 0]

    await eventually(reported)
    async with transaction(henin.instance.pool) as conn:
        [kept] = await reports.list_open(conn)
    assert (kept.content, kept.extracts[0]["title"], kept.local) == ("Ce n’est pas son vélo.", "Pneu à plat", False)
