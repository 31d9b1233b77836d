"""Who quotes a post; quoting it; its author's yes taken back, and her wish who may quote it."""

from typing import get_args

from aiohttp import web

from models import posts
from models.errors import Invalid, NotFound
from models.people import actors
from models.posts import Audience, Post
from models.posts.quotes import quote_policies, quotes
from models.posts.quotes.quote_policies import QuotePolicy
from models.store.database import Connection, connection, transaction
from models.timelines import TimelineEntry
from outbox.posts import notes as outbox_notes
from outbox.posts import quotes as outbox
from outbox.posts.notes import NoteDraft
from web.actions.mention_lookup import look_up_mentioned
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.quotes import count_quotes
from web.pages.components.timeline_entries import PAGE, list_timeline_entries
from web.pages.posts.feeds import read_page
from web.rendering.paths import note_path
from web.rendering.render import N_, reader_language, render
from web.security.session import reader_of, require_account

MESSAGE_LIMIT = 2000

SAID = {
    "withdrawn": N_("C’est retiré : la citation n’est plus montrée, et sa plateforme en est prévenue."),
    "choice": N_("C’est noté. Ce que vous avez déjà accepté reste."),
}

AUDIENCES: dict[str, Audience] = {"tous": "network", "abonnes": "followers"}

POLICIES: tuple[QuotePolicy, ...] = get_args(QuotePolicy)


async def show_citations(request: web.Request) -> web.Response:
    """GET /citations/ID."""
    async with connection(request.app[INSTANCE].pool) as conn:
        post = await _get_post(conn, request)
    return await _show(request, post)


async def _get_post(conn: Connection, request: web.Request) -> Post:
    """The post for everybody that the address names. Raises NotFound."""
    post = await posts.find_visible(conn, read_id(request.match_info["id"]), reader_of(request))
    if post is None or post.audience not in posts.PUBLIC:
        raise NotFound
    return post


async def _show(request: web.Request, post: Post, *, form: Form | None = None) -> web.Response:
    instance, reader_id = request.app[INSTANCE], reader_of(request)
    before = read_page(request).before
    async with connection(instance.pool) as conn:
        ids = await quotes.list_quoting_ids(conn, post.id, before=before, limit=PAGE + 1)
        visible = await posts.filter_wanted(conn, ids[:PAGE], reader_id)
        entries = [TimelineEntry(id=id, post_id=id, shared_by=None) for id in ids[:PAGE] if id in visible]
        [quoted] = await list_timeline_entries(
            conn, instance.site, [TimelineEntry(id=post.id, post_id=post.id, shared_by=None)], reader_id
        )
        lines = await list_timeline_entries(conn, instance.site, entries, reader_id)
        citing = await count_quotes(conn, post, reader_id)
        policy = (await quote_policies.load_parts(conn, [post]))[post.id].policy
    return await render(
        request,
        "citations/show.html",
        status=422 if form else 200,
        said=find_flash_message(request, SAID),
        post=post,
        quoted=quoted,
        own=post.author_id == reader_id,
        policy=policy,
        citing=citing,
        lines=lines,
        older=ids[PAGE - 1] if len(ids) > PAGE else None,
        form=form or blank_form(request),
    )


async def post_citation(request: web.Request) -> web.Response:
    """POST /citations/ID: a note that quotes it. Raises NotFound."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    text = form.lines("message", limit=MESSAGE_LIMIT, missing="Écrivez votre message.")
    chosen = form.choice("audience", tuple(AUDIENCES), missing="Choisissez qui peut le lire.")
    async with connection(instance.pool) as conn:
        post = await _get_post(conn, request)
    if form.ok:
        await look_up_mentioned(instance, text)
        draft = NoteDraft(text=text, audience=AUDIENCES[chosen], language=reader_language(request), quoted_id=post.id)
        try:
            async with transaction(instance.pool) as conn:
                author = await actors.get(conn, account.actor_id)
                note = await outbox_notes.publish(conn, instance.site, author, draft)
        except Invalid as error:  # what was typed stays in the field
            form.refuse("message", error)
        else:
            raise web.HTTPSeeOther(note_path(instance.site, note))
    return await _show(request, post, form=form)


async def post_revoke(request: web.Request) -> web.Response:
    """POST /citations/ID/retirer: the author's yes to one quote is taken back. Raises NotFound for others'."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post = await _get_post(conn, request)
        author = await actors.get(conn, account.actor_id)
        await outbox.revoke(conn, instance.site, author, post, read_id(form.typed("message")))
    raise redirect_with_message(f"/citations/{post.id}", "withdrawn")


async def post_policy(request: web.Request) -> web.Response:
    """POST /citations/ID/qui: who may quote one's own post from now on. Raises NotFound for others'."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    policy = form.choice("policy", POLICIES, missing="Choisissez qui peut le citer.")
    async with transaction(instance.pool) as conn:
        post = await _get_post(conn, request)
        author = await actors.get(conn, account.actor_id)
        if policy:
            await outbox.change_policy(conn, instance.site, author, post, policy)
    if not policy:
        return await _show(request, post, form=form)
    raise redirect_with_message(f"/citations/{post.id}", "choice")
