"""What this server is: the two instance documents and what an application may know of itself."""

from hashlib import sha256
from typing import Any

from aiohttp import web

from federation.sandbox import films, pictures
from federation.software import NAME, read_version
from federation.texts.html_cleaner import from_text
from federation.web_push import load_key, write_public
from models import preferences
from models.errors import NotFound
from models.people import actors, sign_ups, usage_statistics
from models.people.documents import versions
from models.posts.media.uploads import MAX_DESCRIPTION
from models.posts.polls import polls
from models.preferences import Preferences
from models.relations import featured_tags, pins
from models.servers import trust_levels
from models.settings import Site
from models.store.database import Connection, connection
from outbox.posts.notes import TEXT_LIMIT
from web.api.entities.accounts import load_account
from web.api.entities.values import EntityContext, Json, read_look
from web.api.json_responses import answer_json
from web.api.mastodon.instance.instance_rules import load_rules
from web.api.mastodon.people.profile import LONGEST_LINE, LONGEST_NAME, LONGEST_NOTE, MOST_LINES
from web.api.mastodon.post_settings import MOST_PICTURES
from web.http.app_keys import INSTANCE
from web.rendering.branding import find_logo

SPOKEN_VERSION = "4.5.0"
"""The version of Mastodon whose API this is; a higher one makes clients ask for what is not here (MASTODON.md)."""

API_VERSION = 7
"""What that version calls its API: by this number clients show grouped notifications, people on profiles, quotes."""

ACCESS = {"local": "public", "remote": "public"}

MOST_PIXELS = 40_000_000


async def show_instance(request: web.Request) -> web.Response:
    """GET /api/v2/instance."""
    site, look = request.app[INSTANCE].site, read_look(request)
    vapid = write_public(await load_key(request.app[INSTANCE]))
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        registration = await sign_ups.find_registration(conn)
        counts = await usage_statistics.count_server(conn)
        contact = await _load_contact(conn, look)
        rules = await load_rules(conn)
        has_terms = await versions.find_current(conn, "terms") is not None
    return answer_json(
        request,
        {
            "domain": site.host,
            "title": chosen.name or site.host,
            "version": write_version(),
            "source_url": site.source,
            "description": describe(chosen),
            "usage": {"users": {"active_month": counts.active_month}},
            "thumbnail": {"url": find_logo(site, chosen) or look.header, "blurhash": None, "versions": {}},
            "icon": [],
            "languages": list(site.languages),
            "configuration": build_configuration(site, has_terms=has_terms)
            | {"vapid": {"public_key": vapid}, "limited_federation": chosen.limited_federation}
            | {"declic": _describe_listings(chosen)},
            "registrations": {
                "enabled": registration in ("open", "approval"),
                "approval_required": registration == "approval",
                "reason_required": registration == "approval" and chosen.wants_answer,
                "message": _write_closed_words(chosen) if registration in ("invitation", "closed") else None,
                "min_age": None,
                "url": f"{site.url}/inscription" if chosen.asks_by_page else None,
            },
            "api_versions": {"mastodon": API_VERSION},
            "contact": {"email": chosen.contact_email, "account": contact},
            "rules": rules,
        },
    )


async def show_instance_v1(request: web.Request) -> web.Response:
    """GET /api/v1/instance: the older document, which toot and others still read; `uri` is a bare host."""
    site, look = request.app[INSTANCE].site, read_look(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        registration = await sign_ups.find_registration(conn)
        counts = await usage_statistics.count_server(conn)
        known_servers = await usage_statistics.count_peers(conn)
        contact = await _load_contact(conn, look)
        rules = await load_rules(conn)
        has_terms = await versions.find_current(conn, "terms") is not None
    return answer_json(
        request,
        {
            "uri": site.host,
            "title": chosen.name or site.host,
            "short_description": describe(chosen),
            "description": describe(chosen),
            "email": chosen.contact_email,
            "version": write_version(),
            "api_versions": {"mastodon": API_VERSION},
            "urls": {"streaming_api": streaming_url(site)},
            "stats": {
                "user_count": counts.users,
                "status_count": counts.public_posts,
                "domain_count": known_servers,
            },
            "thumbnail": find_logo(site, chosen) or look.header,
            "languages": list(site.languages),
            "registrations": registration in ("open", "approval"),
            "approval_required": registration == "approval",
            "invites_enabled": chosen.member_invitations > 0,
            "configuration": build_configuration(site, has_terms=has_terms),
            "contact_account": contact,
            "rules": rules,
        },
    )


def _describe_listings(chosen: Preferences) -> Json:
    """What may be published here: an app of ours asks for nothing else."""
    return {"kinds": list(chosen.kinds), "modes": list(chosen.modes), "photo_required": chosen.photo_required}


def _write_closed_words(chosen: Preferences) -> str | None:
    """Why nobody joins by herself just now, as HTML; None where the cooperative says nothing about it."""
    return from_text(chosen.closed_words) or None


def describe(chosen: Preferences) -> str:
    """The cooperative's own sentence, else what this server is for."""
    return chosen.sentence or "Prêter, donner, s’entraider et réparer près de chez soi."


def write_version() -> str:
    """Begins with a number that clients compare; our own name follows."""
    return f"{SPOKEN_VERSION} (compatible; {NAME} {read_version()})"


def streaming_url(site: Site) -> str:
    """An origin without a path: some clients take only that, others append one."""
    return site.url.replace("http", "ws", 1)


def build_configuration(site: Site, *, has_terms: bool) -> Json:
    """The limits that clients keep to by themselves."""
    media: dict[str, Any] = {
        "description_limit": MAX_DESCRIPTION,
        "supported_mime_types": [*pictures.ACCEPTED_TYPES, *films.ACCEPTED_TYPES],
        "image_size_limit": pictures.MAX_BYTES,
        "image_matrix_limit": MOST_PIXELS,
        "video_size_limit": films.MAX_BYTES,
        "video_frame_rate_limit": films.MAX_RATE,
        "video_matrix_limit": films.MAX_PIXELS,
    }
    return {
        "urls": {
            "streaming": streaming_url(site),
            "about": f"{site.url}/",
            "privacy_policy": f"{site.url}/mentions-legales",
            "terms_of_service": f"{site.url}/conditions" if has_terms else None,
            "status": None,
        },
        "accounts": {
            "max_featured_tags": featured_tags.MOST,
            "max_pinned_statuses": pins.MOST,
            "max_display_name_length": LONGEST_NAME,
            "max_note_length": LONGEST_NOTE,
            "max_profile_fields": MOST_LINES,
            "profile_field_name_limit": LONGEST_LINE,
            "profile_field_value_limit": LONGEST_LINE,
        },
        "statuses": {
            "max_characters": TEXT_LIMIT,
            "max_media_attachments": MOST_PICTURES,
            "characters_reserved_per_url": 23,
        },
        "media_attachments": media,
        "polls": {
            "max_options": polls.MOST_OPTIONS,
            "max_characters_per_option": polls.LONGEST_OPTION,
            "min_expiration": int(polls.SHORTEST.total_seconds()),
            "max_expiration": int(polls.LONGEST.total_seconds()),
        },
        "translation": {"enabled": False},
        "timelines_access": {"live_feeds": ACCESS, "hashtag_feeds": ACCESS, "trending_link_feeds": ACCESS},
    }


async def list_domain_blocks(request: web.Request) -> web.Response:
    """GET /api/v1/instance/domain_blocks: those set aside for a reason told to all. NotFound where programs may not."""
    async with connection(request.app[INSTANCE].pool) as conn:
        if not (await preferences.load(conn)).blocks_told:
            raise NotFound("domain_blocks_private")
        told = await trust_levels.list_public_blocks(conn)
    return answer_json(
        request,
        [
            {
                "domain": one.host,
                "digest": sha256(one.host.encode()).hexdigest(),
                "severity": "suspend",
                "comment": one.public_reason,
            }
            for one in told
        ],
    )


async def _load_contact(conn: Connection, look: EntityContext) -> Json | None:
    """The cooperative itself answers for its server."""
    coop = await actors.find_local(conn, "coop")
    return None if coop is None or coop.deleted_at is not None else await load_account(conn, look, coop)
