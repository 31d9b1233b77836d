"""What waits for a look before it appears, from what waits longest: released, or refused with a word to its author."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models import posts
from models.errors import Conflict, Invalid
from models.listings import listings
from models.listings.listings import Listing
from models.moderation import held_posts
from models.moderation.held_posts import HeldPost, HeldReason
from models.people import actors
from models.people.accounts import Account
from models.posts import Post
from models.posts.media import media
from models.posts.media.media import Media
from models.repairs import passers_by
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.moderation.held_posts import WORDS_LIMIT, refuse, release
from outbox.moderation.picture_memory import remember_photos
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.listing_cards import Picture, draw_pictures
from web.pages.components.people import Person, person_of
from web.rendering.render import N_, render
from web.security.session import require_right

HERE = "/coop/retenues"

PAGE = 20

SHOWN = 1_000
"""Characters of a text that waits which the page shows."""

SAID = {
    "release": N_("C’est paru, comme si cela venait d’être publié. La personne qui l’a écrit l’apprend."),
    "refuse": N_("Cela ne paraîtra pas. La personne qui l’a écrit lit pourquoi."),
    "remember": N_("Cela ne paraîtra pas, et les photos qui ressemblent à celles-là seront retenues."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """One post that waits, as it would appear; `edited` where only a new version of it waits.

    `passing`: whoever wrote it has no account.
    """

    id: int
    version: str
    author: Person
    passing: bool
    title: str
    text: str
    pictures: list[Picture]
    files: list[Attachment]
    reason: HeldReason
    matched: list[str]
    since: datetime
    edited: bool
    case_id: int | None


async def list_held(request: web.Request) -> web.Response:
    """GET /coop/retenues?dossier=&apres=."""
    require_right(request, "reports")
    return await _show(request, blank_form(request))


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/retenues: let one appear, or refuse it and say why."""
    me = require_right(request, "reports")
    form = await read_form(request)
    id, act = read_id(form.typed("post")), form.choice("act", ("release", "refuse"), missing="Ce choix n’existe pas.")
    words = form.lines("words", limit=WORDS_LIMIT)
    if "words" in form.errors:
        form.errors[f"words-{id}"] = form.errors.pop("words")  # each post has a field of its own
    if not form.ok:
        return await _show(request, form, status=422)
    try:
        await _decide(request, me, id, words if act == "refuse" else None, form.typed("version") or None)
    except Invalid as error:
        form.refuse(f"words-{id}", error)
        return await _show(request, form, status=422)
    except Conflict as error:
        form.refuse("", error)
        return await _show(request, form, status=409)
    if act == "refuse" and form.flag("photos"):
        await remember_photos(request.app[INSTANCE], id, me)
        raise redirect_with_message(HERE, "remember")
    raise redirect_with_message(HERE, act)


async def _decide(request: web.Request, me: Account, id: int, words: str | None, version: str | None) -> None:
    """Raises Invalid, Conflict, NotFound as the verbs."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if words is None:
            await release(conn, instance.site, id, me, version=version)
        else:
            await refuse(conn, instance.site, id, me, words, version=version)


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    me, instance = require_right(request, "reports"), request.app[INSTANCE]
    after, case_id = (find_id(request.query.get(name, "")) for name in ("apres", "dossier"))
    async with connection(instance.pool) as conn:
        waiting = await held_posts.list_waiting(conn, me.actor_id, after=after, case_id=case_id, limit=PAGE)
        lines = await _make_lines(conn, instance.site, waiting)
        total = await held_posts.count_waiting(conn, me.actor_id, case_id=case_id)
    return await render(
        request,
        "filters/held.html",
        status=status,
        form=form,
        waiting=lines,
        total=total,
        following=waiting[-1].post_id if len(waiting) == PAGE else None,
        first_page=after is None,
        case_id=case_id,
        said=find_flash_message(request, SAID),
    )


async def _make_lines(conn: Connection, site: Site, waiting: list[HeldPost]) -> list[HeldLine]:
    ids = [one.post_id for one in waiting]
    found = await posts.map_by_ids(conn, ids)
    people = await actors.map_by_ids(conn, [one.author_id for one in waiting])
    titled = await listings.list_by_posts(conn, ids)
    hung = await _map_files(conn, waiting)
    lines: list[HeldLine] = []
    for one in waiting:
        if one.post_id in found:
            title, text = read_texts(found[one.post_id], titled.get(one.post_id), one.draft)
            lines.append(
                HeldLine(
                    id=one.post_id,
                    version=one.version,
                    author=person_of(people[one.author_id]),
                    passing=await passers_by.find(conn, one.author_id) is not None,
                    title=title,
                    text=text[:SHOWN],
                    pictures=draw_pictures(site, hung[one.post_id], title),
                    files=list_attachments(site, hung[one.post_id]),
                    reason=one.reason,
                    matched=one.matched.splitlines(),
                    since=one.held_at,
                    edited=one.draft is not None,
                    case_id=one.case_id,
                )
            )
    return lines


async def _map_files(conn: Connection, waiting: list[HeldPost]) -> dict[int, list[Media]]:
    """What would hang on each of them: of a new version its own files."""
    hung = await media.list_by_posts(conn, [one.post_id for one in waiting])
    drafted = await media.list_by_ids(conn, [id for one in waiting for id in _list_drafted(one)])
    return {one.post_id: hung[one.post_id] if one.draft is None else _pick_files(one, drafted) for one in waiting}


def _list_drafted(one: HeldPost) -> list[int]:
    ids: list[int] = (one.draft or {}).get("media_ids", [])
    return ids


def _pick_files(one: HeldPost, found: dict[int, Media]) -> list[Media]:
    """Those of a new version that its author may hang on it."""
    own = [found[id] for id in _list_drafted(one) if id in found and found[id].owner_id == one.author_id]
    return [file for file in own if file.post_id in (None, one.post_id)]


def read_texts(post: Post, listing: Listing | None, draft: dict[str, Any] | None) -> tuple[str, str]:
    """Title and text as they would appear."""
    if draft is not None:
        return str(draft.get("title", "")), str(draft.get("text", ""))
    if listing is not None:
        return listing.details.title, to_text(listing.details.description)
    return "", "\n".join(filter(None, (post.warning, to_text(post.content))))
