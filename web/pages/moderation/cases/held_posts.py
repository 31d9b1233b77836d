"""What waits for a look before it is published: shown in its author's case, published or not by one button."""

from dataclasses import dataclass

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.moderation import case_queue, cases
from models.moderation.case_queue import PostOfCase
from models.store.database import Connection, transaction
from outbox.moderation.held_posts import refuse, release
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

    held: PostOfCase
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
        if act == "release":
            await release(conn, instance.site, post_id, me)
        else:
            await refuse(conn, instance.site, post_id, me, words)
    raise redirect_with_message(f"/coop/dossiers/{id}", "released" if act == "release" else "refused")
