"""Records as values, for builders: they need no database."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from models.listings.listings import Listing, ListingDetails
from models.people.actors import Actor
from models.posts import Post
from models.posts.media.media import Media
from models.settings import Site
from outbox.builders.objects.content import build_listing_content

SITE = Site(url="https://lomme.example", host="lomme.example")
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 17, 41, tzinfo=UTC)
UUID = "0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def actor(username: str = "alice", host: str = "lomme.example", **changes: Any) -> Actor:
    """An actor of Lomme, or of another host."""
    base = f"https://{host}/users/{username}"
    values: dict[str, Any] = {
        "id": 1,
        "uri": base,
        "type": "Person",
        "local": host == SITE.host,
        "username": username,
        "host": host,
        "name": username.capitalize(),
        "summary": "",
        "url": f"https://{host}/@{username}",
        "inbox": f"{base}/inbox",
        "shared_inbox": f"https://{host}/inbox",
        "outbox": f"{base}/outbox",
        "followers_uri": f"{base}/followers",
        "following_uri": f"{base}/following",
        "featured_uri": f"{base}/featured",
        "icon_media_id": None,
        "image_media_id": None,
        "locked": False,
        "discoverable": True,
        "indexable": True,
        "fields": [],
        "also_known_as": [],
        "moved_to": None,
        "implements": [],
        "territory_uri": f"https://{host}/users/coop",
        "category": None,
        "place_name": None,
        "postcode": None,
        "commune_code": None,
        "latitude": None,
        "longitude": None,
        "radius": None,
        "published_at": datetime(2026, 1, 10, tzinfo=UTC),
        "created_at": AT,
        "updated_at": AT,
        "fetched_at": None,
        "suspended_at": None,
        "deleted_at": None,
    }
    return Actor(**(values | changes))


ALICE = actor()
BOB = actor("bob", "henin.example")


def post(kind: str = "note", **changes: Any) -> Post:
    """A public post of Alice's."""
    path = "items" if kind == "listing" else "notes"
    values: dict[str, Any] = {
        "id": 1,
        "uri": f"{ALICE.uri}/{path}/{UUID}",
        "kind": kind,
        "local": True,
        "author_id": 1,
        "url": f"{SITE.url}/annonces/{UUID}" if kind == "listing" else f"{ALICE.url}/{UUID}",
        "audience": "network",
        "content": "",
        "source": "",
        "warning": "",
        "sensitive": False,
        "language": "fr",
        "in_reply_to_uri": None,
        "in_reply_to_id": None,
        "context_uri": None,
        "root_id": None,
        "to_uris": [PUBLIC],
        "cc_uris": [f"{ALICE.uri}/followers"],
        "published_at": AT,
        "updated_at": None,
        "received_at": AT,
        "deleted_at": None,
    }
    return Post(**(values | changes))


def listing(kind: str = "offer", mode: str = "gift", **changes: Any) -> Listing:
    """A listing of Alice's in the stream of offers; fields of ListingDetails and, in `post`, of Post."""
    on_post: dict[str, Any] = changes.pop("post", {})
    stream = f"{SITE.url}/users/offres"
    values: dict[str, Any] = {
        "kind": kind,
        "mode": mode,
        "title": "Vélo enfant 16 pouces",
        "description": "<p>Freins refaits, à venir chercher.</p>",
        "category": "velo-enfant",
        "stream_uri": stream,
        "territory_uri": f"{SITE.url}/users/coop",
        "place_name": "Lomme",
        "postcode": "59160",
        "commune_code": "59355",
        "latitude": 50.645,
        "longitude": 2.987,
        "radius": 500,
        "condition": "good" if kind == "offer" and mode != "service" else None,
        "quantity": Decimal(1),
        "expires_at": datetime(2026, 12, 24, 9, tzinfo=UTC),
    }
    held = replace(post("listing"), **({"cc_uris": [f"{ALICE.uri}/followers", stream]} | on_post))
    made = Listing(post=held, details=ListingDetails(**(values | changes)))
    return made if held.content else replace(made, post=replace(held, content=content_of(made)))


def content_of(listing: Listing) -> str:
    """Its HTML as it is stored when it is published."""
    return build_listing_content(SITE, listing.details, url=listing.post.url, language=listing.post.language)


def picture(**changes: Any) -> Media:
    """A photo of Alice's."""
    values: dict[str, Any] = {
        "id": 5,
        "post_id": 1,
        "owner_id": 1,
        "position": 0,
        "type": "image",
        "mime_type": "image/jpeg",
        "description": "Petit vélo rouge contre un mur",
        "width": 1200,
        "height": 900,
        "focus_x": None,
        "focus_y": None,
        "blurhash": "LIIE|gRj00WB-;j[t7j[4nWBj[Rj",
        "file_key": "8f1c.jpg",
        "thumbnail_key": "8f1c-small.jpg",
        "byte_size": 1,
        "remote_url": None,
        "failed_at": None,
        "created_at": AT,
    }
    return Media(**(values | changes))
