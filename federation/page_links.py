"""What a page for people says about where its ActivityPub document is."""

from html.parser import HTMLParser
from urllib.parse import urljoin

from federation.documents import is_activity_type
from federation.uris import is_uri


def find_alternate(page: bytes, url: str) -> str | None:
    """The address in the page's `<link rel="alternate" type="application/activity+json">`, made absolute."""
    finder = _AlternateFinder()
    finder.feed(page.decode("utf-8", "replace"))
    if finder.href is None:
        return None
    found = urljoin(url, finder.href)
    return found if is_uri(found) else None


class _AlternateFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.href: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "link" or self.href is not None:
            return
        found = {name: value or "" for name, value in attrs}
        if "alternate" in found.get("rel", "").lower().split() and is_activity_type(found.get("type", "")):
            self.href = found.get("href")
