"""What waits for a look before it is published: shown in its author's case, published or not by one button."""

from dataclasses import dataclass

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.moderation import case_queue, cases, journal, rulings
from models.moderation.case_queue import HeldPost
from models.moderation.journal import Act
from models.moderation.rulings import NewDecision
from models.people.accounts import Account
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.moderation import sanctions, statements
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.security.session import require_right

EXTRACT = 1000

ACTS = ("release", "refuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThing:
    """One of them, with how it reads."""

    held: HeldPost
    title: str
    text: str


async def list_held(conn: Connection, case_id: int) -> list[HeldThing]:
    """What of a case waits to be published."""
    found = await case_queue.list_held(conn, [case_id])
    kept = {post.id: post for post in await posts.list_by_ids(conn, [one.post_id for one in found])}
    titled = await listings.list_by_posts(conn, list(kept))
    return [
        HeldThing(
            held=one,
            title=titled[one.post_id].details.title if one.post_id in titled else "",
            text=to_text(kept[one.post_id].content)[:EXTRACT],
        )
        for one in found
        if one.post_id in kept
    ]


async def post_publication(request: web.Request) -> web.Response:
    """POST /coop/dossiers/ID/publications: it is published, or stays hidden, with why."""
    me, id = require_right(request, "reports"), read_id(request.match_info["id"])
    form = await read_form(request)
    act, post_id = form.choice("act", ACTS), read_id(form.typed("post"))
    words = form.lines("words", limit=EXTRACT)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        case = await cases.find(conn, id, me.actor_id)
        held = await case_queue.list_held(conn, [id])
        if case is None or post_id not in {one.post_id for one in held} or not act:
            raise NotFound
        await _settle(conn, instance.site, post_id, me, words if act == "refuse" else None)
        await cases.close_settled(conn, id)
    raise redirect_with_message(f"/coop/dossiers/{id}", "released" if act == "release" else "refused")


async def _settle(conn: Connection, site: Site, post_id: int, by: Account, words: str | None) -> None:
    """Published as it would have been, or, with `words` why not, hidden by a decision: its author may object."""
    [post] = await posts.list_by_ids(conn, [post_id])
    if words is not None:
        case_id = await cases.open_case(conn, post.author_id)
        new = NewDecision(
            case_id=case_id,
            actor_id=post.author_id,
            kind="hide",
            decided_by=by.actor_id,
            post_ids=[post_id],
            words=words,
            reported=False,
        )
        await statements.tell(conn, site, await rulings.save(conn, new), "decided")
    await case_queue.forget_held(conn, post_id)
    await sanctions.apply_decisions(conn, site, post.author_id)
    act: Act = "post_released" if words is None else "post_refused"
    await journal.record(conn, act, by=by, right="reports", about_id=post.author_id, post_id=post_id)
