"""The terms of use as apps show them, by the day on which each version was published."""

from datetime import date

from aiohttp import web

from models.errors import NotFound
from models.moments import PARIS
from models.people.documents import versions
from models.people.documents.versions import DocumentVersion
from models.store.database import connection
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE
from web.rendering.document_text import write_document


async def show_terms(request: web.Request) -> web.Response:
    """GET /api/v1/instance/terms_of_service: what stands. NotFound where nothing was published."""
    return await _answer(request, None)


async def show_dated_terms(request: web.Request) -> web.Response:
    """GET /api/v1/instance/terms_of_service/:date: what stood at the end of the day on which it was published."""
    try:
        day = date.fromisoformat(request.match_info["date"])
    except ValueError as error:
        raise NotFound from error
    return await _answer(request, day)


async def _answer(request: web.Request, day: date | None) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        published = await versions.list_versions(conn, "terms")
    place = next((place for place, one in enumerate(published) if day in (None, _day_of(one))), None)
    if place is None:
        raise NotFound
    return answer_json(request, _build(published[place], list(reversed(published[:place]))))


def _build(one: DocumentVersion, later: list[DocumentVersion]) -> Json:
    """A version counts from the day on which it is published: whoever arrives then accepts it."""
    day = _day_of(one)
    next_day = next((_day_of(other) for other in later if _day_of(other) != day), None)
    return {
        "effective_date": day.isoformat(),
        "effective": True,
        "content": write_document(one.text),
        "succeeded_by": next_day.isoformat() if next_day else None,
    }


def _day_of(one: DocumentVersion) -> date:
    return one.published_at.astimezone(PARIS).date()
