"""The community of the demo: trailers lent between members of both cooperatives, by a charter that changed once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from federation.discovery.fetches import get_actor
from federation.discovery.remote import resolve_handle
from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs
from models.communities import communities, memberships
from models.communities.charters import NewCharter
from models.communities.communities import Community, CommunitySettings
from models.listings.listings import ListingDraft
from models.people import actors
from models.places import places
from models.places.places import place_fields
from models.store.database import connection, transaction
from outbox.communities.approvals import approve
from outbox.communities.charters import publish_charter_version
from outbox.communities.founding import CommunityDraft, create
from outbox.communities.joining import JoinRequest, accept_charter, join
from outbox.communities.together.holding import ask_to_hold
from outbox.listings import listings as outbox_listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from web.middlewares.work_signals import notify_work

WAIT_SECONDS = 20.0

FIRST = """# Remorques en commun

1. Prêt gratuit, deux jours au plus. La crevaison est pour qui roule.
2. La casse se dit le jour même.
3. Ce qui se dit ici reste ici."""

SECOND = """# Remorques en commun

1. Prêt gratuit, trois jours au plus. La crevaison est pour qui roule.
2. La casse se dit le jour même. La caisse commune paie au-delà de 20 €.
3. Ce qui se dit ici reste ici.
4. L’assemblée décide, une voix par coop, deux fois l’an."""

DRAFT = CommunityDraft(
    name="Remorques en commun",
    description="Deux coops du Nord et du Pas-de-Calais se prêtent leurs remorques, leurs vélos-cargos et leurs "
    "diables, pour déménager sans camion.",
    settings=CommunitySettings(access="on_request", members_shown=True),
    username="remorques",
    charter=FIRST,
)

SHARED = (
    ("hocine", "59130 Lambersart", "Deux diables, l’un pliant", "Ils montent les marches. Trois jours, c’est assez."),
    ("leonie", "62110 Hénin-Beaumont", "Remorque à vélo, 60 kilos", "Attache universelle, filet et tendeurs compris."),
)
"""Who shares what inside: author, commune, title, text. The first is of the community's home."""


async def play_community(instances: Sequence[Instance]) -> None:
    """Found it in the first house, let members of both in, change the charter; one has not yet said yes to that."""
    home, away = instances
    made = await _found(home)
    await _join_here(home, made, "hocine")
    copy = await _join_from_elsewhere(home, away, made, "leonie")
    await _join_from_elsewhere(home, away, made, "samira")
    await _renew(home, away, made, copy)
    await asyncio.gather(_share(home, made, *SHARED[0]), _share(away, copy, *SHARED[1]))
    await _say(home, made, "hocine", "Je passe samedi avec le diable, qui déménage ?")
    await _say(away, copy, "leonie", "Nous, dimanche : la remorque est au garage, servez-vous.")
    await _ask_to_hold(home, away, made)


async def _found(home: Instance) -> Community:
    key_pairs = await make_key_pairs(home.settings)
    async with transaction(home.pool) as conn:
        founder = await actors.get_local(conn, "maryse")
        return await create(conn, home.site, founder, DRAFT, key_pairs)


async def _join_here(home: Instance, made: Community, name: str) -> None:
    async with transaction(home.pool) as conn:
        person, maryse = await actors.get_local(conn, name), await actors.get_local(conn, "maryse")
        await join(conn, home.site, person, made, JoinRequest(version=1, message="J’ai deux diables qui dorment."))
        await approve(conn, home.site, maryse, made, person)


async def _join_from_elsewhere(home: Instance, away: Instance, made: Community, name: str) -> Community:
    """She asks over the network, and Maryse says yes; the community as the other house knows it."""
    group = await resolve_handle(away, f"@{made.username}@{home.site.host}")
    async with transaction(away.pool) as conn:
        copy = await communities.get_for(conn, group.id, None)
        person = await actors.get_local(conn, name)
        await join(conn, away.site, person, copy, JoinRequest(version=1, message="On déménage souvent, par chez nous."))
    await notify_work(away.pool)
    await _wait_until(home, made.actor_id, person.uri, "asked")
    async with transaction(home.pool) as conn:
        [asking] = await actors.list_by_uris(conn, [person.uri])
        await approve(conn, home.site, await actors.get_local(conn, "maryse"), made, asking)
    await notify_work(home.pool)
    await _wait_until(away, copy.actor_id, person.uri, "member")
    return copy


async def _renew(home: Instance, away: Instance, made: Community, copy: Community) -> None:
    new = NewCharter(
        version=2,
        text=SECOND,
        changes="Trois jours de prêt au lieu de deux, et la caisse commune.",
        due_at=datetime.now(UTC) + timedelta(days=30),
    )
    async with transaction(home.pool) as conn:
        hocine, maryse = await actors.get_local(conn, "hocine"), await actors.get_local(conn, "maryse")
        await publish_charter_version(conn, home.site, maryse, made, new)
        await accept_charter(conn, home.site, hocine, made, 2)
    await notify_work(home.pool)
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            async with connection(away.pool) as conn:
                if (await communities.get_for(conn, copy.actor_id, None)).version == 2:
                    break
            await asyncio.sleep(0.05)
    async with transaction(away.pool) as conn:
        await accept_charter(conn, away.site, await actors.get_local(conn, "leonie"), copy, 2)
    await notify_work(away.pool)


async def _say(instance: Instance, community: Community, author: str, text: str) -> None:
    async with transaction(instance.pool) as conn:
        person = await actors.get_local(conn, author)
        draft = NoteDraft(text=text, audience="community", community_id=community.actor_id)
        await notes.publish(conn, instance.site, person, draft)
    await notify_work(instance.pool)


async def _ask_to_hold(home: Instance, away: Instance, made: Community) -> None:
    """The other cooperative is asked to hold it too: its team finds the question on its page."""
    coop = await get_actor(home, f"{away.site.url}/users/coop")
    async with transaction(home.pool) as conn:
        await ask_to_hold(conn, home.site, await actors.get_local(conn, "maryse"), made, coop)
    await notify_work(home.pool)


async def _wait_until(instance: Instance, community_id: int, person_uri: str, state: str) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            async with connection(instance.pool) as conn:
                found = await actors.list_by_uris(conn, [person_uri])
                held = await memberships.find(conn, community_id, found[0].id) if found else None
            if held is not None and held.state == state:
                return
            await asyncio.sleep(0.05)


async def _share(instance: Instance, community: Community, author: str, commune: str, title: str, text: str) -> None:
    async with transaction(instance.pool) as conn:
        person, found = await actors.get_local(conn, author), await places.find_commune_named(conn, commune)
        draft = ListingDraft(
            kind="offer",
            mode="loan",
            title=title,
            text=text,
            category="demenagement",
            audience="community",
            community_id=community.actor_id,
            expires_at=datetime.now(UTC) + timedelta(days=60),
            **({} if found is None else place_fields(found.place)),
        )
        await outbox_listings.publish(conn, instance.site, person, draft)
    await notify_work(instance.pool)
