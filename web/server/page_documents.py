"""Addresses that people copy: a page for them, and for servers the document of what it shows.

Pages and ActivityPub do not know each other, so they are put together here.
"""

from collections.abc import Iterable
from functools import wraps

from aiohttp import web

from models.lazy import when_called
from web.activitypub.negotiation import VARY_PUBLIC, View, with_tombstones
from web.http.accept import asks_for_document
from web.http.row_ids import read_id, read_short
from web.pages.instance.closed_site import behind_opening, keep_closed

with when_called(globals()):
    from web.activitypub.objects import page_documents as documents
    from web.pages.listings import listing_page
    from web.pages.meetings import meeting_page
    from web.pages.people.profiles import profile_page
    from web.pages.posts import note_page


async def _show_numbered(request: web.Request) -> web.StreamResponse:
    return await documents.show_row(request, read_id(request.match_info["id"]))


async def _show_short(request: web.Request) -> web.StreamResponse:
    return await documents.show_row(request, read_short(request.match_info["short"]))


DOCUMENTS: dict[View, View] = {
    listing_page.show_local: documents.show_listing,
    listing_page.show_by_id: _show_numbered,
    listing_page.show_short: _show_short,
    meeting_page.show_local: documents.show_meeting,
    meeting_page.show_by_id: _show_numbered,
    note_page.show_local: documents.show_note,
    note_page.show_by_id: _show_numbered,
    profile_page.show_profile: documents.show_profile,
}
"""What stands behind each page that shows one object."""


def with_documents(routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
    """These pages, for visitors once the site is open; those of them that show an object also with its document."""
    return [
        web.get(route.path, _answer_both(keep_closed(route.handler), DOCUMENTS[route.handler]))
        if route.handler in DOCUMENTS
        else behind_opening(route)
        for route in routes
    ]


def _answer_both(page: View, document: View) -> View:
    @wraps(page)
    async def answer(request: web.Request) -> web.StreamResponse:
        if asks_for_document(request):
            return await with_tombstones(document)(request)
        try:
            response = await page(request)
        except web.HTTPRedirection as elsewhere:
            _tell_caches(elsewhere)
            raise
        _tell_caches(response)
        return response

    return answer


def _tell_caches(answer: web.StreamResponse) -> None:
    """For the document this address answers otherwise, also where its page sends readers on."""
    answer.headers["Vary"] = ", ".join(filter(None, (answer.headers.get("Vary"), VARY_PUBLIC)))
