"""Every address that other servers ask for."""

from aiohttp import web

from web.activitypub import actors, collections, inbox, objects, well_known

USER = "/users/{username:[A-Za-z0-9_]{1,30}}"
ITEM = USER + "/items/{uuid:[0-9a-f-]{36}}"
NOTE = USER + "/notes/{uuid:[0-9a-f-]{36}}"

ROUTES: list[web.RouteDef] = [
    web.get("/.well-known/webfinger", well_known.show_webfinger),
    web.get("/.well-known/host-meta", well_known.show_host_meta),
    web.get("/.well-known/host-meta.json", well_known.show_host_meta),
    web.get("/.well-known/nodeinfo", well_known.show_nodeinfo_links),
    web.get(r"/nodeinfo/{version:2\.[01]}", well_known.show_nodeinfo),
    web.post("/inbox", inbox.post_inbox),
    web.get("/inbox", inbox.refuse_reading),
    web.post(USER + "/inbox", inbox.post_inbox),
    web.get(USER + "/inbox", inbox.refuse_reading),
    web.get(USER, actors.show_actor),
    web.get(USER + "/outbox", collections.show_outbox),
    web.post(USER + "/outbox", collections.refuse_outbox_post),
    web.get(USER + "/followers", collections.show_followers),
    web.get(USER + "/following", collections.show_following),
    web.get(USER + "/featured", collections.show_featured),
    web.get(USER + "/activities/{uuid:[0-9a-f-]{36}}", objects.show_activity),
    web.get(ITEM, objects.show_object),
    web.get(ITEM + "/proposal", objects.show_proposal),
    web.get(ITEM + "/replies", collections.show_replies),
    web.get(ITEM + "/context", collections.show_context),
    web.get(NOTE, objects.show_object),
    web.get(NOTE + "/replies", collections.show_replies),
    web.get(NOTE + "/context", collections.show_context),
]
