"""What is new to a member: her threads with news first, then what people did, read by being seen."""

from functools import partial

from aiohttp import web

from models.news import news
from models.posts import message_requests
from models.store.database import connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.news.items import list_lines, list_thread_lines
from web.pages.access.login import has_mail
from web.pages.coop.pending_lines import Reader
from web.pages.coop.sources import list_pending
from web.pages.posts.feeds import read_page
from web.rendering.prefetch import is_viewed
from web.rendering.render import render, say
from web.security.session import require_account

PAGE = 20

THREADS = 20


async def show_notifications(request: web.Request) -> web.Response:
    """GET /notifications. What people did is read once it was shown; threads are read where they stand."""
    instance, account = request.app[INSTANCE], require_account(request)
    before, speak = read_page(request).before, partial(say, request)
    async with connection(instance.pool) as conn:
        threads = [] if before else await news.list_threads(conn, account.actor_id, limit=THREADS)
        rows = await news.list_news(conn, account.actor_id, before=before, limit=PAGE)
        thread_lines = await list_thread_lines(conn, speak, threads)
        reader = Reader(conn=conn, account=account, say=speak, data=instance.settings.data)
        matters = [] if before else await list_pending(reader)
        lines = await list_lines(conn, instance.site, speak, account.actor_id, rows)
        strangers, _ = await message_requests.count_senders(conn, account.actor_id)
    answer = await render(
        request,
        "notifications/index.html",
        threads=thread_lines,
        lines=lines,
        matters=matters,
        last=rows[-1].id if len(rows) == PAGE else None,
        first_page=before is None,
        strangers=strangers,
        mail=has_mail(request),
    )
    if any(row.unread for row in rows) and is_viewed(request):
        async with transaction(instance.pool) as conn:
            await news.mark_read(conn, account.actor_id, rows[0].id, since=rows[-1].id)
    return answer


async def post_read(request: web.Request) -> web.Response:
    """POST /notifications/lues: everything up to what the page showed is read, her threads too."""
    instance, account = request.app[INSTANCE], require_account(request)
    form = await read_form(request)
    last_id = read_id(form.typed("until"))
    async with transaction(instance.pool) as conn:
        await news.mark_read(conn, account.actor_id, last_id)
        await news.mark_threads_read(conn, account.actor_id, last_id)
    raise web.HTTPSeeOther("/notifications")
