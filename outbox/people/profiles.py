"""An actor of ours changed: whoever follows it is told."""

from dataclasses import replace
from datetime import UTC, datetime

from federation.community_uris import circle_uri
from federation.vocabulary.actors import ActorDocument
from models.communities import charters, communities
from models.people import keys
from models.people.actors import Actor
from models.posts.media import media
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.update import build_actor_update
from outbox.builders.objects.community import build_community
from outbox.builders.objects.person import build_actor
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
    community = await communities.find(conn, actor.id) if actor.type == "Group" else None
    if community is None:
        return document
    described = build_community(community, await charters.find_current(conn, actor.id))
    document = replace(document, community=described, moderators=circle_uri(actor.uri, "moderators"))
    # Its own inbox would tell whether there is one: of a hidden one the shared inbox is named.
    return replace(document, inbox=document.shared_inbox or document.inbox) if community.hidden else document


async def announce_update(conn: Connection, site: Site, actor: Actor, *, to: Recipients | None = None) -> None:
    """Send the profile as it is now to all followers, or to others."""
    update = build_actor_update(site, actor, await describe_actor(conn, site, actor), datetime.now(UTC))
    await send(conn, actor, update, to or Recipients(followed_ids=(actor.id,)), about=actor.uri)
