"""An actor of ours changed: whoever follows it is told."""

from dataclasses import replace
from datetime import UTC, datetime

from federation.community_uris import circle_uri
from federation.repair_uris import held_copies_uri, looks_uri, repair_shops_uri, stolen_bikes_uri
from federation.vocabulary.actors import ActorDocument
from models import preferences
from models.communities import charters, communities
from models.people import keys
from models.people.actors import Actor
from models.people.opening_hours import read_hours
from models.people.team import authorities
from models.places import places
from models.posts.media import media
from models.repairs.bookings import appointment_books
from models.repairs.shops import appearing, prices, shops
from models.settings import Site
from models.store.database import Connection
from models.traffic import restorations
from outbox.builders.activities.update import build_actor_update
from outbox.builders.objects.community import build_community
from outbox.builders.objects.cooperative import AUTHORITY_FIELD, build_responsible_fields
from outbox.builders.objects.person import build_actor
from outbox.builders.objects.repair_shop import ShopParts, build_shop, build_shop_fields
from outbox.traffic.send import Recipients, send


async def describe_actor(conn: Connection, site: Site, actor: Actor) -> ActorDocument:
    """The actor as others see it: what is served at its address and what an Update carries."""
    pictures = await media.list_by_ids(conn, [id for id in (actor.icon_media_id, actor.image_media_id) if id])
    document = build_actor(
        site,
        actor,
        await keys.list_public_keys(conn, actor.id),
        icon=pictures.get(actor.icon_media_id or 0),
        image=pictures.get(actor.image_media_id or 0),
    )
    if actor.type == "Application":
        return await _describe_server(conn, site, document)
    if actor.type == "Organization" and actor.suspended_at is None:
        return await _describe_organization(conn, site, actor, document)
    return await _describe_community(conn, actor, document) if actor.type == "Group" else document


async def _describe_organization(conn: Connection, site: Site, actor: Actor, document: ActorDocument) -> ActorDocument:
    """With what a repair shop does, and that a local authority speaks."""
    document = await _describe_shop(conn, site, actor, document)
    authority = not actor.speaks_for_cooperative and await authorities.is_authority(conn, actor.id)
    return replace(document, fields=(AUTHORITY_FIELD, *document.fields)) if authority else document


async def _describe_server(conn: Connection, site: Site, document: ActorDocument) -> ActorDocument:
    """With where others read what it holds of them, and, for a while after it was made again of a backup, with what it
    lost: others may send it again.
    """
    document = replace(document, held_copies=held_copies_uri(site))
    found = await restorations.find_latest(conn)
    if found is None:
        return document
    return replace(document, restored_from=found.lost_from, restored_at=found.restored_at)


async def _describe_community(conn: Connection, actor: Actor, document: ActorDocument) -> ActorDocument:
    """With who comes in, and the charter that stands; a stream as it is."""
    community = await communities.find(conn, actor.id)
    if community is None:
        return document
    described = build_community(community, await charters.find_current(conn, actor.id))
    document = replace(document, community=described, moderators=circle_uri(actor.uri, "moderators"))
    # Its own inbox would tell whether there is one: of a hidden one the shared inbox is named.
    return replace(document, inbox=document.shared_inbox or document.inbox) if community.hidden else document


async def _describe_shop(conn: Connection, site: Site, actor: Actor, document: ActorDocument) -> ActorDocument:
    """With what a repair shop does; of the cooperative with who answers for it, the list of those that appear, where
    there are any, and where its friends ask about a bike, or to be looked at."""
    if actor.speaks_for_cooperative:
        listed = repair_shops_uri(site) if await shops.has_own(conn) else None
        fields = (*build_responsible_fields(await preferences.load(conn)), *document.fields)
        document = replace(document, stolen_bikes=stolen_bikes_uri(site), looks=looks_uri(site))
        return replace(document, repair_shops=listed, fields=fields)
    parts = await load_shop_parts(conn, actor)
    if parts is None:
        return document
    fields = build_shop_fields(read_hours(actor.hours), parts.shop, parts.prices)
    return replace(document, repair_shop=build_shop(actor, parts), fields=(*fields, *document.fields))


async def load_shop_parts(conn: Connection, actor: Actor) -> ShopParts | None:
    """What a shop is made of, ours or a copy; None for whoever is none."""
    shop = await shops.find(conn, actor.id)
    if shop is None:
        return None
    return ShopParts(
        shop=shop,
        communes=await places.list_communes(conn, list(shop.commune_codes)),
        prices=await prices.list_prices(conn, actor.id),
        appearance=await appearing.find(conn, actor.id),
        appointments=await appointment_books.find_standing(conn, actor.id),
    )


async def announce_update(conn: Connection, site: Site, actor: Actor, *, to: Recipients | None = None) -> None:
    """Send the profile as it is now to all followers, or to others."""
    update = build_actor_update(site, actor, await describe_actor(conn, site, actor), datetime.now(UTC))
    await send(conn, actor, update, to or Recipients(followed_ids=(actor.id,)), about=actor.uri)
