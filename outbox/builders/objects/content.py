"""The HTML of a listing as timelines show it, and its hashtags: what is stored as the post's content."""

from functools import partial
from html import escape

from federation.texts import hashtags
from federation.texts.html_cleaner import from_text, link_hashtag, to_text
from federation.uris import tag_url
from models.listings import categories
from models.listings.listings import ListingDetails
from models.posts import Tag
from models.settings import Site
from outbox.builders.texts.wording import find_wording, write_facts, write_title

VISIBLE = 500
"""Characters of the description that stand in the post; the rest is behind the link."""

MAX_TYPED = 10
"""Hashtags that an author may add in the text."""

ANSWER = {"fr": "voir et répondre", "en": "see and answer"}


def build_listing_content(site: Site, details: ListingDetails, *, url: str, language: str | None) -> str:
    """The content of a listing whose page is at `url`.

    Made of p, br, a, span, strong and what the description has: what Mastodon keeps and its clients draw.
    """
    language = "en" if language == "en" else "fr"
    own, _ = list_names(details)
    title = f"<p><strong>{escape(write_title(details, language), quote=False)}</strong></p>"
    link = f'<a href="{escape(url)}">{ANSWER[language]}</a>'
    place = [f"📍 {details.place_name}"] if details.place_name else []
    facts = [escape(fact, quote=False) for fact in (*place, *write_facts(details, language))]
    text = shorten(site, details.description)
    said = {hashtags.fold(name) for name in hashtags.find_names(to_text(text))}
    tags = " ".join(link_hashtag(tag_url(site, name), name) for name in own if hashtags.fold(name) not in said)
    return f"{title}{text}<p>{' · '.join([*facts, link])}</p>{f'<p>{tags}</p>' if tags else ''}"


def build_listing_tags(details: ListingDetails) -> tuple[Tag, ...]:
    """The hashtags that a listing is found under."""
    own, typed = list_names(details)
    return tuple(Tag(tag=hashtags.fold(name), name=name) for name in (*own, *typed))


def list_names(details: ListingDetails) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hashtags of a listing: kind, category, sub-category, commune, kind and commune in one; then those typed.

    Most clients can follow one tag only, hence the last of ours (`#OffreLomme`).
    """
    kind = find_wording(details.kind, details.mode).hashtag
    category = categories.find(details.category) if details.category else None
    commune = hashtags.make_name(_commune(details))
    own: dict[str, str] = {}
    own_category = hashtags.make_name(details.subcategory_label or "")
    for name in (kind, category.hashtag if category else "", own_category, commune, f"{kind}{commune}"):
        if name:
            own.setdefault(hashtags.fold(name), name)
    typed = [name for name in hashtags.find_names(to_text(details.description)) if hashtags.fold(name) not in own]
    return tuple(own.values()), tuple(typed[:MAX_TYPED])


def _commune(details: ListingDetails) -> str:
    """The place without what stands in brackets behind it: "Lyon 7e (Guillotière)" gives #Lyon7e."""
    return (details.place_name or "").partition(" (")[0].strip()


def shorten(site: Site, description: str) -> str:
    """The description, cut between two words where it is long."""
    text = to_text(description)
    if len(text) <= VISIBLE:
        return description
    shown = text[: VISIBLE + 1].rsplit(maxsplit=1)[0].rstrip(" ,;:.")
    return from_text(f"{shown}…", tag_url=partial(tag_url, site))
