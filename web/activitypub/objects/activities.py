"""`/users/NAME/activities/UUID`: an activity of ours as it was signed, for those whom it was for (OB1, OB6)."""

import orjson
from aiohttp import web

from federation.json.fields import Json, each
from federation.proofs.attach import attach_proof
from federation.uris import profile_url
from models import posts
from models.errors import Forbidden, NotFound
from models.people import actors
from models.people.actors import Actor
from models.relations import follows
from models.store.database import Connection, connection
from models.traffic.outbound import activities
from models.traffic.outbound.activities import StoredActivity
from web.activitypub.authorized_fetch import describe_departed, read_known_reader, require_no_block, require_standing
from web.activitypub.negotiation import VARY_PUBLIC, answer_activity, wants_activity
from web.http.app_keys import INSTANCE

CARRIERS = frozenset({"Create", "Update", "QuoteRequest"})
"""Activities that hold the whole object, and are gone when it is."""

FORMER_TYPE = "Activity"


async def show_activity(request: web.Request) -> web.Response:
    """The bytes that were delivered. Of somebody deleted only the Delete is left, by which others check it."""
    instance = request.app[INSTANCE]
    if not wants_activity(request):
        profile = profile_url(instance.site, request.match_info["username"])
        raise web.HTTPSeeOther(profile, headers={"Vary": VARY_PUBLIC})
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        actor = await actors.find_published(conn, request.match_info["username"])
        if actor is None:
            raise NotFound
        found = await activities.find_by_uri(conn, f"{instance.site.url}{request.path}")
        activity = _require_served(request, actor, found)
        await require_no_block(conn, reader, actor)
        carried = await posts.find_by_uri(conn, activity.object_uri or "") if activity.type in CARRIERS else None
        if carried is not None:
            await require_standing(conn, request, carried, reader, activity.type)
        await _require_addressed(conn, activity, actor, reader)
    proven = await attach_proof(instance, activity)
    return answer_activity(request, proven.encode(), public=activity.public)


def _require_served(request: web.Request, actor: Actor, activity: StoredActivity | None) -> StoredActivity:
    """The activity. Raises the answer 410 or Forbidden where its actor is gone, NotFound where there is none."""
    if actor.deleted_at is not None and (activity is None or activity.type != "Delete"):
        raise describe_departed(request, FORMER_TYPE, actor.deleted_at)
    if actor.suspended_at is not None:
        raise Forbidden("account_suspended")
    if activity is None:
        raise NotFound
    return activity


async def _require_addressed(conn: Connection, activity: StoredActivity, actor: Actor, reader: Actor | None) -> None:
    """Raise NotFound unless the reader is one of those to whom it is addressed, or it is to everybody."""
    if activity.public:
        return
    if reader is None:
        raise NotFound
    addressees = _read_addressees(orjson.loads(activity.body))
    if reader.id == actor.id or reader.uri in addressees:
        return
    if actor.followers_uri not in addressees:
        raise NotFound
    if not await follows.is_follower(conn, follower_id=reader.id, followed_id=actor.id):
        raise NotFound


def _read_addressees(document: Json) -> set[str]:
    return {one for key in ("to", "cc") for one in each(document.get(key)) if isinstance(one, str)}
