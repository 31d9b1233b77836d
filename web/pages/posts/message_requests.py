"""What people whom a member does not know wrote to her: she reads it as plain text, lets it in or sends it away."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import posts, preferences
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.posts import message_requests
from models.posts.message_requests import KEPT_DAYS, Request, Sender, news
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.moderation import message_requests as outbox
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import Person, person_of
from web.pages.posts.feeds import read_page
from web.rendering.paths import listing_path, note_path
from web.rendering.prefetch import is_viewed
from web.rendering.render import N_, render, say
from web.security.session import require_account

PAGE = outbox.PAGE

AT_ONCE = 20

SHOWN_OF_ONE = 5
"""So many messages of one person are read before she is let in: the newest."""

ACTS = ("allow", "set_aside", "report")

SAID = {
    "allow": N_("C’est fait : son message arrive dans vos nouvelles, et les suivants n’attendront plus."),
    "set_aside": N_(
        "C’est fait : ce que cette personne vous écrit n’arrivera plus pendant 30 jours. Elle n’en sait rien."
    ),
    "report": N_("Merci : les personnes qui veillent sur votre coop le liront. Rien de plus ne vous en arrivera."),
}

FILES: dict[str, tuple[str, str]] = {
    "image": (N_("une image"), N_("%(count)s images")),
    "video": (N_("un film"), N_("%(count)s films")),
    "audio": (N_("un son"), N_("%(count)s sons")),
    "": (N_("un fichier"), N_("%(count)s fichiers")),
}
"""What hangs on a message, said in words: nothing of it is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedMessage:
    """One message as it is read: `files` in words, and what it answers."""

    at: datetime
    kind: str
    private: bool
    warning: str
    text: str
    files: str
    file_words: list[str]
    about: str
    about_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSender:
    """Somebody who waits: what she wrote, the newest last, and how much more there is."""

    who: Person
    host: str
    address: str
    count: int
    first_at: datetime
    on_its_way: bool
    letters: list[RequestedMessage]


async def list_requests(request: web.Request) -> web.Response:
    """GET /messages/inconnus."""
    instance, me = request.app[INSTANCE], require_account(request).actor_id
    before = read_page(request).before
    async with connection(instance.pool) as conn:
        senders = await message_requests.list_senders(conn, me, before=before, limit=AT_ONCE)
        strangers = await _gather(conn, request, me, senders)
        shared = (await preferences.load(conn)).strangers_shown
    answer = await render(
        request,
        "message_requests/index.html",
        strangers=strangers,
        last=senders[-1].id if len(senders) == AT_ONCE else None,
        first_page=before is None,
        shared=shared,
        days=KEPT_DAYS,
        said=find_flash_message(request, SAID),
    )
    if is_viewed(request):
        async with transaction(instance.pool) as conn:
            await news.mark_seen(conn, me)
    return answer


async def post_decision(request: web.Request) -> web.Response:
    """POST /messages/inconnus: about everything that somebody wrote. Raises NotFound where nothing of hers waits."""
    instance, account = request.app[INSTANCE], require_account(request)
    form = await read_form(request)
    act, author_id = form.choice("act", ACTS, default="allow"), read_id(form.typed("person"))
    async with transaction(instance.pool) as conn:
        me = await actors.get(conn, account.actor_id)
        if act == "allow":
            await outbox.accept_and_notify(conn, me, author_id)
        elif act == "report":
            await outbox.report(conn, instance.site, me, author_id)
        else:
            await outbox.send_away(conn, me, author_id)
    raise redirect_with_message(PAGE, act)


async def _gather(
    conn: Connection, request: web.Request, reader_id: int, senders: Sequence[Sender]
) -> list[RequestSender]:
    site = request.app[INSTANCE].site
    ids = [one.author_id for one in senders]
    people = await actors.map_by_ids(conn, ids)
    found = await message_requests.list_of(conn, reader_id, ids, each=SHOWN_OF_ONE)
    about = [one.about_id for one in found if one.about_id is not None]
    told = await listings.list_by_posts(conn, about)
    paths = {id: listing_path(site, listing) for id, listing in told.items()}
    paths |= await _find_notes(conn, site, reader_id, set(about) - told.keys())
    return [
        RequestSender(
            who=person_of(people[one.author_id]),
            host=people[one.author_id].host,
            address=_address_of(people[one.author_id]),
            count=one.count,
            first_at=one.first_at,
            on_its_way=one.on_its_way,
            letters=[_describe(request, each, told, paths) for each in found if each.author_id == one.author_id],
        )
        for one in senders
        if one.author_id in people
    ]


def _address_of(actor: Actor) -> str:
    return f"@{actor.handle}"


async def _find_notes(conn: Connection, site: Site, reader_id: int, ids: Collection[int]) -> dict[int, str]:
    visible = await posts.filter_visible(conn, sorted(ids), reader_id)
    return {post.id: note_path(site, post) for post in await posts.list_by_ids(conn, sorted(visible))}


def _describe(request: web.Request, one: Request, told: dict[int, Listing], paths: dict[int, str]) -> RequestedMessage:
    about = told.get(one.about_id or 0)
    return RequestedMessage(
        at=one.received_at,
        kind=one.kind,
        private=one.private,
        warning=one.warning,
        text=one.text,
        files=_name_files(request, one.file_types),
        file_words=[words for words in one.file_words if words],
        about=about.details.title if about else "",
        about_path=paths.get(one.about_id or 0, ""),
    )


def _name_files(request: web.Request, types: Sequence[str]) -> str:
    """ "deux images, un son"."""
    counts = Counter(kind if (kind := type.partition("/")[0]) in FILES else "" for type in types)
    return ", ".join(
        say(request, FILES[kind][count > 1], count=count) if count > 1 else say(request, FILES[kind][0])
        for kind, count in counts.items()
    )
