"""The reader's own profile with everything as she typed it (as Mastodon 4.6); changing it is `profile`'s."""

from aiohttp import web

from federation.media.media_uris import media_url, thumbnail_url
from federation.texts.html_cleaner import to_text
from models.people import actors
from models.people.actors import Actor
from models.posts.media import media, uploads
from models.relations import featured_tags
from models.settings import Site
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.accounts import build_field
from web.api.entities.tags import build_featured_tag
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.mastodon.people.profile import ALWAYS, change, read_profile_parameters
from web.http.app_keys import INSTANCE

DESCRIPTIONS = ("avatar_description", "header_description")


async def show_profile(request: web.Request) -> web.Response:
    """GET /api/v1/profile."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, await _load(conn, request, reader(request)))


async def patch_profile(request: web.Request) -> web.Response:
    """PATCH and PUT /api/v1/profile: what is not sent stays; also what is said of the two pictures.

    Raises Invalid for what cannot be chosen here.
    """
    parameters = await read_profile_parameters(request)
    for name in DESCRIPTIONS:
        uploads.require_description(parameters.text(name).strip())
    await change(request, parameters)
    async with transaction(request.app[INSTANCE].pool) as conn:
        actor = await actors.get(conn, reader(request).id)
        for name, id in zip(DESCRIPTIONS, (actor.icon_media_id, actor.image_media_id), strict=True):
            if parameters.has(name) and id is not None:
                await uploads.save_words(conn, id, actor.id, description=parameters.text(name).strip())
        return answer_json(request, await _load(conn, request, actor))


async def _load(conn: Connection, request: web.Request, actor: Actor) -> Json:
    site = request.app[INSTANCE].site
    return ALWAYS | {
        "id": str(actor.id),
        "display_name": actor.display_name,
        "note": to_text(actor.summary),
        "fields": [field | {"value": to_text(field["value"])} for field in map(build_field, actor.fields)],
        **await _load_pictures(conn, site, actor),
        "locked": actor.locked,
        "bot": actor.automatic,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "attribution_domains": [],
        "featured_tags": [build_featured_tag(site, one) for one in await featured_tags.list_featured(conn, actor.id)],
    }


async def _load_pictures(conn: Connection, site: Site, actor: Actor) -> Json:
    """The two pictures that she chose, null where she chose none, and what is said of them."""
    ids = [id for id in (actor.icon_media_id, actor.image_media_id) if id is not None]
    pictures = await media.list_by_ids(conn, ids) if ids else {}
    icon, image = pictures.get(actor.icon_media_id or 0), pictures.get(actor.image_media_id or 0)
    avatar, header = thumbnail_url(site, icon) if icon else None, media_url(site, image) if image else None
    return {
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": icon.description if icon else "",
        "header": header,
        "header_static": header,
        "header_description": image.description if image else "",
    }
