"""Whether somebody looks at a page, and not a program that fetches it for her before she asks."""

from aiohttp import web

from web.security.session import knows_us


def is_viewed(request: web.Request) -> bool:
    """Whether what this answer shows is seen: browsers that fetch ahead say so, and HEAD shows nothing."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in ahead


def is_viewed_by_guest(request: web.Request) -> bool:
    """The same where a link in a mail is all that it takes: programs that look through mails open it too.

    They do not come back with the cookie of our forms; a browser that was here does.
    """
    return is_viewed(request) and knows_us(request)
