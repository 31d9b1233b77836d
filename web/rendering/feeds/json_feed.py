"""Listings as a JSON Feed (version 1.1, jsonfeed.org), with what a page elsewhere needs to show them."""

from collections.abc import Iterable

from federation.json.fields import Json, compact, write_moment
from federation.media.media_uris import media_url, thumbnail_url
from federation.texts.html_cleaner import to_text
from federation.uris import web_address
from models.listings import categories
from models.settings import Site
from web.rendering.feeds.atom import Feed
from web.rendering.feeds.listing_bundles import ListingBundle

JSON_FEED = "application/feed+json"

VERSION = "https://jsonfeed.org/version/1.1"


def build_json_feed(site: Site, feed: Feed, gathered: Iterable[ListingBundle], language: str) -> Json:
    """The whole document; `links` of the feed are those of an Atom feed."""
    return compact(
        {
            "version": VERSION,
            "title": feed.title,
            "home_page_url": feed.links["alternate"],
            "feed_url": feed.links["self"],
            "icon": feed.logo or None,
            "language": language,
            "items": [build_item(site, one, language) for one in gathered],
        }
    )


def build_item(site: Site, one: ListingBundle, language: str) -> Json:
    """One listing; `_declic` holds what the format has no name for (§Extensions)."""
    post, details = one.listing.post, one.listing.details
    category = categories.find(details.category or "")
    own = [details.subcategory_label] if details.subcategory_label else []
    photo = one.pictures[0] if one.pictures else None
    return compact(
        {
            "id": post.uri,
            "url": web_address(post.url, post.uri),
            "title": details.title,
            "content_html": details.description,
            "summary": to_text(details.description)[:300] or None,
            "image": media_url(site, photo) if photo else None,
            "date_published": write_moment(post.published_at),
            "date_modified": write_moment(post.updated_at or post.published_at),
            "authors": [{"name": one.author.display_name, "url": web_address(one.author.url, one.author.uri)}],
            "tags": [*([category.label(language)] if category else []), *own] or None,
            "language": post.language,
            "_declic": _describe_more(site, one),
        }
    )


def _describe_more(site: Site, one: ListingBundle) -> Json:
    details, place = one.listing.details, one.place
    return compact(
        {
            "kind": details.kind,
            "mode": details.mode,
            "status": details.status,
            "place": place.name if place else None,
            "territory": one.coop.place_name or one.coop.display_name if one.coop else None,
            "thumbnail": thumbnail_url(site, one.pictures[0]) if one.pictures else None,
        }
    )
