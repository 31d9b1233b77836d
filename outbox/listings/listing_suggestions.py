"""The way back: a note that begins with #offre, #demande or #dépannage becomes the beginning of a listing."""

import re

from federation.texts.hashtags import fold
from models import posts
from models.errors import NotFound
from models.listings import listing_drafts
from models.listings.listing_drafts import DraftNote
from models.listings.listings import Listing, ListingDraft, ListingKind
from models.people.actors import Actor
from models.posts import Post
from models.posts.media import uploads
from models.settings import Site
from models.store.database import Connection
from outbox.listings import listings
from outbox.listings.listing_limits import TITLE_LIMIT
from outbox.posts import notes
from outbox.threads.cooperative_messages import write_to_member

KINDS: dict[str, ListingKind] = {
    "offre": "offer",
    "service": "offer",
    "demande": "request",
    "depannage": "repair_call",
    "depannagevelo": "repair_call",
}

_FIRST = re.compile(r"\s*#(\w+)[\s:,.!–-]*")

WORDS = {
    "fr": "Votre message commence comme une annonce. Pour qu’on la trouve par lieu et par catégorie, complétez-la "
    "ici : {url} Votre message reste comme il est ; il sera retiré quand l’annonce sera publiée.",
    "en": "Your message begins like a listing. To have it found by place and category, complete it here: {url} "
    "Your message stays as it is; it will be taken back once the listing is published.",
}


def find_kind(text: str) -> ListingKind | None:
    """The kind of listing that a text begins with."""
    found = _FIRST.match(text)
    return KINDS.get(fold(found[1])) if found else None


def read_words(text: str) -> tuple[str, str]:
    """The title and the text that a note gives a listing: its first line, and all of it without the tag."""
    found = _FIRST.match(text)
    rest = text[found.end() :].strip() if found else text.strip()
    first = " ".join(rest.partition("\n")[0].split())
    if len(first) > TITLE_LIMIT:
        first = first[: TITLE_LIMIT + 1].rsplit(maxsplit=1)[0][:TITLE_LIMIT]
    return first, rest


async def suggest(conn: Connection, site: Site, author: Actor, note: Post, kind: ListingKind) -> DraftNote | None:
    """Begin a listing beside a note that begins like one, and tell its author where to complete it.

    None for answers, private notes, what stays inside a community, and notes by nobody who could publish a listing.
    """
    if author.type != "Person" or note.in_reply_to_uri is not None or note.audience in ("direct", "community"):
        return None
    draft = await listing_drafts.create(conn, author.id, note.id, kind)
    url = f"{site.url}/publier?brouillon={draft.id}"
    await write_to_member(conn, site, author, {code: text.format(url=url) for code, text in WORDS.items()})
    return draft


async def publish(conn: Connection, site: Site, author: Actor, draft_id: int, draft: ListingDraft) -> Listing:
    """The listing, with the note's pictures, and the note taken back. Raises NotFound, Invalid."""
    held = await listing_drafts.find_own(conn, draft_id, author.id)
    if held is None:
        raise NotFound
    [note] = await posts.list_by_ids(conn, [held.note_id])
    await uploads.detach(conn, note.id, author.id)
    listing = await listings.publish(conn, site, author, draft)
    await listing_drafts.delete(conn, held.id)
    await notes.delete(conn, site, author, note)
    return listing
