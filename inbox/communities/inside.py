"""What stays inside a community, as it comes in: from whom it is taken, and who here reads it."""

from dataclasses import replace
from datetime import UTC, datetime

from federation.circles import read_members_of
from federation.discovery.fetches import get_actor
from federation.documents.origin import require_attributed, require_owner
from federation.instance import Instance
from federation.json.fields import PUBLIC, Json
from federation.proofs import verify_proof
from federation.vocabulary.activities.activities import Activity, Announce, Create, Delete, Update
from federation.vocabulary.embedded import is_postlike, note_of
from federation.vocabulary.objects import Note
from inbox.errors import Ignored
from models.communities import charters, communities, insiders, memberships
from models.communities.communities import Community
from models.people.actors import Actor
from models.posts import NewPost
from models.store.database import Connection, connection


async def find_addressed(conn: Connection, addressed: tuple[str, ...]) -> Community | None:
    """The community inside which this stays, as far as it is known here; None for what is for everybody too."""
    if PUBLIC in addressed:
        return None
    for uri in read_members_of(addressed):
        if (community := await communities.find_by_uri(conn, uri)) is not None:
            return community
    return None


async def keep_inside(
    conn: Connection, author: Actor, note: Note, new: NewPost, *, passed_on_by: str | None
) -> NewPost:
    """The post as it is kept: of one that stays inside for its members alone, whoever else is named or addressed.

    Raises Ignored where nobody here is in that community, and for what is not by a member: our own communities know
    who is one; what comes from another server has to come by the community's home, which knows.
    """
    community = await find_addressed(conn, (*note.to, *note.cc))
    if community is None:
        return new
    if community.local:
        await _require_member(conn, community, author)
    elif passed_on_by != community.uri and author.host != community.host:
        raise Ignored("not_passed_on_by_home")
    if not await insiders.has_any_here(conn, community.actor_id):
        raise Ignored("nobody_inside")
    inside = await insiders.filter_inside(conn, community.actor_id, [*new.mention_ids, *new.silent_ids])
    return replace(
        new,
        audience="community",
        community_id=community.actor_id,
        mention_ids=tuple(id for id in new.mention_ids if id in inside),
        silent_ids=tuple(id for id in new.silent_ids if id in inside),
    )


async def _require_member(conn: Connection, community: Community, author: Actor) -> None:
    held = await memberships.find(conn, community.actor_id, author.id)
    charter = await charters.find_current(conn, community.actor_id)
    if held is None or held.public_only or not memberships.may_take_part(held, charter, datetime.now(UTC)):
        raise Ignored("not_inside")


async def find_passed_on(instance: Instance, document: Json, activity: Activity) -> Activity | None:
    """What a member elsewhere said inside a community elsewhere, which its home passes on; None for any other activity.

    The home says that she is a member, and a proof of hers that it is she. Uses the network: hold no connection here.
    Raises Ignored.
    """
    inner = activity.object if isinstance(activity, Announce) else None
    if not isinstance(inner, Create | Update | Delete) or activity.actor not in read_members_of(inner.to):
        return None
    if not await _is_told_by_home(instance, activity.actor, inner):
        return None
    proven = document.get("object")
    if not isinstance(proven, dict) or await verify_proof(instance, proven) != inner.actor:
        raise Ignored("not_vouched_for")
    require_owner(inner, inner.actor)
    await get_actor(instance, inner.actor)
    if isinstance(inner, Delete):
        return inner
    if not is_postlike(inner.object):
        raise Ignored("kind_not_shown")
    note = note_of(inner.object)
    require_attributed(inner.actor, note.id, note.attributed_to)
    return replace(inner, passed_on_by=activity.actor)


async def _is_told_by_home(instance: Instance, group_uri: str, inner: Create | Update | Delete) -> bool:
    """Whether this is a community elsewhere. Raises Ignored where nobody here is in it, but for what is taken back."""
    async with connection(instance.pool) as conn:
        community = await communities.find_by_uri(conn, group_uri)
        if community is None or community.local:
            return False
        if not isinstance(inner, Delete) and not await insiders.has_any_here(conn, community.actor_id):
            raise Ignored("nobody_inside")
        return True
