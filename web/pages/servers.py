"""Servers that ask for a page of ours as JSON: led to the object that the page shows."""

from aiohttp import web

from web.accept import prefers

JSON = frozenset({"application/activity+json", "application/ld+json"})

PAGE = frozenset({"text/html", "application/xhtml+xml", "text/*", "*/*"})


def send_servers_to(request: web.Request, uri: str) -> None:
    """Redirect to `uri` whoever prefers ActivityStreams to a page."""
    if prefers(request, JSON, PAGE):
        raise web.HTTPSeeOther(uri, headers={"Vary": "Accept"})
