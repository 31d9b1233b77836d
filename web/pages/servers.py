"""Servers that ask for a page of ours as JSON: led to the object that the page shows."""

from aiohttp import web

JSON = ("application/activity+json", "application/ld+json")

PAGE = ("text/html", "application/xhtml+xml", "*/*", "text/*")


def send_servers_to(request: web.Request, uri: str) -> None:
    """Redirect to `uri` whoever prefers ActivityStreams to a page."""
    if prefers_json(request.headers.get("Accept", "")):
        raise web.HTTPSeeOther(uri, headers={"Vary": "Accept"})


def prefers_json(accept: str) -> bool:
    """Whether ActivityStreams is wanted more than a page, by weight and then by order (RFC 9110 §12.5.1)."""
    ranges = [part.strip().lower().split(";") for part in accept.split(",")[:20]]
    ordered = sorted(ranges, key=lambda pieces: -_read_weight(pieces))
    return next((pieces[0].strip() in JSON for pieces in ordered if pieces[0].strip() in (*JSON, *PAGE)), False)


def _read_weight(pieces: list[str]) -> float:
    for piece in pieces[1:]:
        name, _, value = piece.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
