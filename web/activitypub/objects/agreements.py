"""Agreements and what was reported of them, at their addresses: for the two people alone, who sign."""

from dataclasses import replace

from aiohttp import web

from federation.documents.serialize import serialize
from models.errors import NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, CompletionReport
from models.people import actors
from models.people.actors import Actor
from models.repairs.results import results, sides
from models.store.database import Connection, connection
from outbox.builders.objects.agreement import ReportDraft, build_agreement, build_economic_event
from outbox.exchanges.result_files import list_sent
from outbox.threads.agreement_context import find_context
from web.activitypub.authorized_fetch import get_published, read_known_reader, require_no_block
from web.activitypub.negotiation import VARY_PUBLIC, answer_activity, wants_activity
from web.http.app_keys import INSTANCE

AGREEMENT, EVENT = "Agreement", "EconomicEvent"


async def show_agreement(request: web.Request) -> web.Response:
    """How an agreement stands, as its `Update` says it; a browser is sent to a page that asks who looks.

    Where it is sent is the same for what never was, or anybody could tell the two apart.
    """
    instance = request.app[INSTANCE]
    if not wants_activity(request):
        raise web.HTTPSeeOther(f"/echanges?accord={request.path}", headers={"Vary": VARY_PUBLIC})
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        author = await get_published(conn, request, AGREEMENT)
        held = await agreements.find_by_uri(conn, f"{instance.site.url}{request.path}")
        await _require_party(conn, held, author, reader)
        assert held is not None
        document = build_agreement(await find_context(conn, held))
    return answer_activity(request, serialize(document), public=False)


async def show_event(request: web.Request) -> web.Response:
    """What one of ours reported, as it was told."""
    instance = request.app[INSTANCE]
    if not wants_activity(request):
        raise web.HTTPSeeOther("/echanges", headers={"Vary": VARY_PUBLIC})
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        author = await get_published(conn, request, EVENT)
        report = await agreements.find_report(conn, f"{instance.site.url}{request.path}")
        held = None if report is None else await agreements.get(conn, report.agreement_id)
        await _require_party(conn, held, author, reader)
        assert held is not None and report is not None
        case, reporter = await find_context(conn, held), await actors.get(conn, report.actor_id)
        event = build_economic_event(case, reporter, report.step, await _describe(conn, report))
    return answer_activity(request, serialize(event), public=False)


async def _describe(conn: Connection, report: CompletionReport) -> ReportDraft:
    """What it says now, with what came out of a repair as it was noted last."""
    result = await results.find_by_uri(conn, report.uri)
    if result is None:
        return ReportDraft(uri=report.uri, at=report.happened_at)
    later = result.noted_at > report.happened_at
    return ReportDraft(
        uri=report.uri,
        at=report.happened_at,
        note=replace(sides.note_of(result), files=await list_sent(conn, result)),
        updated=result.noted_at if later else None,
    )


async def _require_party(conn: Connection, held: Agreement | None, author: Actor, reader: Actor | None) -> None:
    """Raise NotFound for everybody but the two, who still see each other."""
    if held is None or reader is None or held.role_of(reader.id) is None or held.role_of(author.id) is None:
        raise NotFound
    await require_no_block(conn, reader, author)
