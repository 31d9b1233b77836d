"""Every address that other servers ask for."""

from aiohttp import web

from models.lazy import when_called
from web.activitypub.negotiation import View, over_https, with_tombstones

with when_called(globals()):
    from web.activitypub import inbox, looks, stolen_bikes, well_known
    from web.activitypub.collections import (
        actor_collections,
        communities,
        directory,
        followers_synchronization,
        held_copies,
        repair_shops,
        thread_collections,
    )
    from web.activitypub.objects import (
        activities,
        actors,
        agreements,
        posts,
        private_files,
        quote_authorizations,
        slots,
        unavailability,
    )

USER = "/users/{username:[a-z0-9_]{1,30}}"
ITEM = USER + "/items/{uuid:[0-9a-f-]{36}}"
NOTE = USER + "/notes/{uuid:[0-9a-f-]{36}}"


def _read(path: str, view: View) -> web.RouteDef:
    """An address that is read, and that answers 410 with a tombstone once what stood there is gone."""
    return web.get(path, with_tombstones(view))


ROUTES: list[web.RouteDef] = [
    web.get("/.well-known/webfinger", over_https(well_known.show_webfinger)),
    web.get("/.well-known/host-meta", over_https(well_known.show_host_meta)),
    web.get("/.well-known/host-meta.json", over_https(well_known.show_host_meta)),
    web.get("/.well-known/nodeinfo", over_https(well_known.show_nodeinfo_links)),
    web.get(r"/nodeinfo/{version:2\.[01]}", over_https(well_known.show_nodeinfo)),
    web.get("/territories", directory.show_territories),
    web.get("/territories.geojson", directory.show_geojson),
    web.get("/territories/{host:[^/]+}", directory.show_vouch),
    web.get("/users/coop/proposals", directory.show_proposals),
    web.get("/users/coop/repair_shops", repair_shops.show_shops),
    web.post("/users/coop/stolen_bikes", stolen_bikes.post_inquiry),
    web.get("/users/instance/held_copies", held_copies.show_held_copies),
    web.post("/users/coop/looks", looks.post_request),
    web.post("/inbox", inbox.post_inbox),
    web.get("/inbox", inbox.refuse_reading),
    web.post(USER + "/inbox", inbox.post_inbox),
    _read(USER + "/inbox", inbox.refuse_reading),
    _read("/users/{username:[A-Za-z0-9_]{1,30}}", actors.show_actor),
    _read(USER + "/outbox", actor_collections.show_outbox),
    web.post(USER + "/outbox", actor_collections.refuse_outbox_post),
    _read(USER + "/followers", actor_collections.show_followers),
    _read(USER + "/followers_synchronization", followers_synchronization.show_followers_here),
    _read(USER + "/following", actor_collections.show_following),
    _read(USER + "/featured", actor_collections.show_featured),
    _read(USER + "/prices", repair_shops.show_prices),
    _read(USER + "/members", communities.show_members),
    _read(USER + "/moderators", communities.show_moderators),
    _read(USER + "/managers", communities.show_managers),
    _read(USER + r"/charter/{version:[1-9]\d{0,4}}", communities.show_charter),
    _read(USER + "/activities/{uuid:[0-9a-f-]{36}}", activities.show_activity),
    _read(USER + "/quotes/{uuid:[0-9a-f-]{36}}", quote_authorizations.show_quote_authorization),
    _read(USER + "/agreements/{uuid:[0-9a-f-]{36}}", agreements.show_agreement),
    _read(USER + "/events/{uuid:[0-9a-f-]{36}}", agreements.show_event),
    _read(USER + "/files/{uuid:[0-9a-f-]{36}}", private_files.show_file),
    _read(ITEM, posts.show_object),
    _read(ITEM + "/proposal", posts.show_proposal),
    _read(ITEM + "/unavailabilities", unavailability.show_unavailabilities),
    _read(ITEM + "/slots", slots.show_slots),
    *(_read(post + "/replies", thread_collections.show_replies) for post in (ITEM, NOTE)),
    *(_read(post + "/context", thread_collections.show_context) for post in (ITEM, NOTE)),
    *(_read(post + "/likes", thread_collections.show_likes) for post in (ITEM, NOTE)),
    *(_read(post + "/shares", thread_collections.show_shares) for post in (ITEM, NOTE)),
    _read(NOTE, posts.show_object),
]
