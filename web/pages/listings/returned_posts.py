"""What came back of a member's own after a restoration: what stands again, and what waits for her word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from inbox.posts import own_posts
from models import posts
from models.people import actors
from models.store.database import connection, transaction
from models.traffic import returned_posts
from models.traffic.returned_posts import ReturnedPost
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_account

PAGE = "/chez-moi/revenues"

MOST_SHOWN = 100

ACTS = ("put_back", "leave")

SAID = {
    "put_back": N_("C’est remis, à la même adresse qu’avant. Ajoutez ses photos s’il en avait."),
    "leave": N_("C’est noté : cette publication reste perdue ici."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPost:
    """A post of hers that another platform shows, and that she did not sign in a way that proves itself."""

    uri: str
    title: str
    text: str
    published: datetime | None
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAgain:
    """A post of hers that stands again."""

    href: str
    words: str
    published: datetime


async def show_returned(request: web.Request) -> web.Response:
    """GET /chez-moi/revenues."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        found = await returned_posts.list_of_author(conn, account.actor_id, limit=MOST_SHOWN)
        held = await posts.list_by_uris(conn, [one.post_uri for one in found if one.document is None])
    return await render(
        request,
        "my_place/returned.html",
        proposed=_describe(found),
        again=[
            PostAgain(
                href=post.url.removeprefix(instance.site.url),
                words=own_posts.shorten(post.content),
                published=post.published_at,
            )
            for post in held
        ],
        days=returned_posts.KEPT.days,
        said=find_flash_message(request, SAID),
    )


async def post_returned(request: web.Request) -> web.Response:
    """POST /chez-moi/revenues: put one of them back, or leave it. Raises NotFound for what is not hers to answer."""
    instance, account = request.app[INSTANCE], require_account(request)
    form = await read_form(request)
    act, uri = form.choice("act", ACTS, default="leave"), form.typed("post")
    async with transaction(instance.pool) as conn:
        me = await actors.get(conn, account.actor_id)
        await (own_posts.confirm if act == "put_back" else own_posts.refuse)(conn, me, uri)
    raise redirect_with_message(PAGE, act)


def _describe(found: Sequence[ReturnedPost]) -> list[ProposedPost]:
    told = [(one, own_posts.describe(one.document)) for one in found if one.document is not None]
    return [
        ProposedPost(uri=one.post_uri, title=what.title, text=what.text, published=what.published, host=one.told_by)
        for one, what in told
    ]
