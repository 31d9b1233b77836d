"""What a page for people says about where its ActivityPub document is."""

from itertools import islice
from urllib.parse import urljoin

from federation.documents.documents import is_activity_type
from federation.texts.markup import MAX_TAGS, Tag, split_tags
from federation.uris import is_uri


def find_alternate(page: bytes, url: str) -> str | None:
    """The address in the page's `<link rel="alternate" type="application/activity+json">`, made absolute."""
    for piece in islice(split_tags(page.decode("utf-8", "replace")), 2 * MAX_TAGS):
        if not isinstance(piece, Tag) or piece.closing or piece.name != "link":
            continue
        found = piece.read_attributes()
        if "alternate" in found.get("rel", "").lower().split() and is_activity_type(found.get("type", "")):
            return _make_absolute(url, found.get("href", ""))
    return None


def _make_absolute(url: str, href: str) -> str | None:
    try:
        found = urljoin(url, href)
    except ValueError:  # an address like http://[
        return None
    return found if href and is_uri(found) else None
