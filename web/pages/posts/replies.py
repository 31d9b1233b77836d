"""Answering: a question to all or a private message, under a listing or a note; and taking one back."""

from aiohttp import web

from models import posts
from models.errors import Invalid, NotFound
from models.exchanges import exchange_messages
from models.listings import listings
from models.moderation import held_posts
from models.people import actors
from models.people.accounts import Account
from models.posts import PUBLIC, Audience, Post
from models.store.database import Connection, connection, transaction
from outbox.posts import notes as outbox
from web.actions.mention_lookup import look_up_mentioned
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.listings.listing_page import show_again
from web.pages.meetings.meeting_page import show_again as show_meeting_again
from web.pages.posts.note_page import get_note, show_note
from web.rendering.paths import exchange_path, listing_path, note_path
from web.rendering.render import reader_language
from web.security.session import require_account

MESSAGE_LIMIT = 2000


async def post_listing_answer(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/repondre. What only the two read leads on to their thread, where it stands."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
    answer = await _answer(request, form, account, listing.post)
    if answer is None:
        show = show_meeting_again if listing.details.meeting else show_again
        return await show(request, listing, answer=form)
    async with connection(instance.pool) as conn:
        thread = await exchange_messages.find_by_message(conn, answer.id)
        held = await held_posts.find(conn, answer.id)
    path = exchange_path(thread.id) if thread else listing_path(instance.site, listing)
    raise redirect_with_message(path, "held" if held is not None else "sent")


async def post_note_answer(request: web.Request) -> web.Response:
    """POST /notes/ID/repondre."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        note = await get_note(conn, request)
    if await _answer(request, form, account, note) is None:
        return await show_note(request, note, form=form)
    raise web.HTTPSeeOther(note_path(instance.site, note))


async def _answer(request: web.Request, form: Form, account: Account, post: Post) -> Post | None:
    """Send what was typed, as an answer to the post or to the answer that the form names. None when it is wrong.

    What answers a private message stays private, whatever the form says.
    """
    text = form.lines("message", limit=MESSAGE_LIMIT, missing="Écrivez votre message.")
    chosen = form.choice("audience", ("prive", "tous"), missing="Choisissez qui peut le lire.")
    instance = request.app[INSTANCE]
    if form.ok:
        await look_up_mentioned(instance, text)
    async with connection(instance.pool) as conn:
        parent = await _find_parent(conn, form, account, post)
    if not form.ok:
        return None
    try:
        async with transaction(instance.pool) as conn:
            return await outbox.reply(
                conn,
                instance.site,
                await actors.get(conn, account.actor_id),
                parent,
                text,
                audience=_choose_audience(parent, private=chosen == "prive"),
                language=reader_language(request),
            )
    except Invalid as error:  # such as of somebody who moved away: what was typed stays in the field
        form.refuse("message", error)
    return None


def _choose_audience(parent: Post, *, private: bool) -> Audience:
    """What answers something inside a community is for its members too, where the answer is not for one alone."""
    if private or parent.audience not in (*PUBLIC, "community"):
        return "direct"
    return "community" if parent.audience == "community" else "network"


async def _find_parent(conn: Connection, form: Form, account: Account, post: Post) -> Post:
    """What is answered: the post, or the answer to it that the form names. Raises NotFound."""
    if not form.typed("reply_to"):
        return post
    found = await posts.find_visible(conn, read_id(form.typed("reply_to")), account.actor_id)
    if found is None or found.root_id != (post.root_id or post.id):
        raise NotFound
    return found


async def post_delete(request: web.Request) -> web.Response:
    """POST /notes/ID/effacer: take back one's own note. Raises NotFound for others'."""
    account = require_account(request)
    await read_form(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        note = await get_note(conn, request)
        if note.author_id != account.actor_id or note.kind != "note":
            raise NotFound
        parent = await listings.find_by_post(conn, note.root_id) if note.root_id else None
        await outbox.delete(conn, instance.site, await actors.get(conn, account.actor_id), note)
    raise web.HTTPSeeOther(listing_path(instance.site, parent) if parent else "/fil")
