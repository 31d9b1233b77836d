"""What members elsewhere share inside a community of ours, passed on to the servers of the others (FEP-1b12).

They do not know who else is in it; its home does. The Group announces their activity whole, with the proof by which it
is known to be theirs.
"""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import orjson

from federation.circles import read_members_of
from federation.community_uris import circle_uri
from federation.json.fields import Json
from federation.json.jsonld_terms import ACTIVITYSTREAMS
from federation.uris import is_local
from federation.vocabulary.activities.activities import Activity, Create, Delete, Update
from federation.vocabulary.embedded import note_of
from models.communities import communities, insiders, members, memberships
from models.communities.communities import Community
from models.moderation import community_reports
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from models.traffic import forwarded_activities
from models.traffic.outbound import deliveries


def list_circles(activity: Activity) -> list[str]:
    """The communities to whose members something published, changed or taken back is addressed, by their ids."""
    if not isinstance(activity, Create | Update | Delete):
        return []
    return read_members_of(activity.to)


async def find_home(conn: Connection, site: Site, activity: Activity) -> tuple[Community, Actor] | None:
    """The community of ours inside which this stays, and who says it: somebody elsewhere who is in it.

    What is taken back is passed on of those too who were in it before.
    """
    for uri in list_circles(activity):
        community = await communities.find_by_uri(conn, uri) if is_local(site, uri) else None
        author = await actors.find_by_uri(conn, activity.actor) if community is not None else None
        if community is None or author is None or author.local:
            continue
        inside = bool(await insiders.filter_inside(conn, community.actor_id, [author.id]))
        if inside or (isinstance(activity, Delete) and await _was_in(conn, community, author)):
            return community, author
    return None


def _id_of(activity: Update) -> str:
    """The id of what changes."""
    note = note_of(activity.object)
    return note.id if note is not None else activity.object if isinstance(activity.object, str) else ""


async def _was_in(conn: Connection, community: Community, author: Actor) -> bool:
    held = await memberships.find(conn, community.actor_id, author.id)
    return held is not None and held.state in ("member", "left", "removed", "expired")


async def pass_on(conn: Connection, site: Site, document: Json, activity: Activity) -> None:
    """Queue it to the other members' servers, once for each. The caller has checked the proof that it carries.

    Not what changes in something that is hidden inside: nobody there reads it any more.
    """
    home = await find_home(conn, site, activity)
    if home is None or (isinstance(activity, Update) and await community_reports.is_hidden(conn, _id_of(activity))):
        return
    community, author = home
    announce: Json = {
        "@context": ACTIVITYSTREAMS,
        "id": f"{community.uri}/activities/{uuid5(NAMESPACE_URL, activity.id)}",  # so that it is passed on once
        "type": "Announce",
        "actor": community.uri,
        "published": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "to": [circle_uri(community.uri, "members")],
        "cc": [],
        "object": document,
    }
    id = await forwarded_activities.save(
        conn,
        uri=announce["id"],
        type="Announce",
        passed_on_by=community.actor_id,
        body=orjson.dumps(announce).decode(),
    )
    if id is None:
        return
    named = await members.list_inside_ids(conn, community.actor_id)
    await deliveries.schedule(conn, activity_id=id, actor_id=community.actor_id, named_ids=named, followed_ids=[])
    await forwarded_activities.leave_out(conn, id, author.host)
