"""Writing in a thread: words and pictures, answers that are ready, one's phone number or mail address by a tap."""

from datetime import datetime

from aiohttp import web

from models.errors import Conflict, Invalid
from models.exchanges import exchanges
from models.moments import PARIS
from models.people import actors, phone_numbers
from models.people.accounts import Account
from models.store.database import connection, transaction
from outbox.threads import messages as outbox
from outbox.threads.messages import Words
from web.actions.mention_lookup import look_up_mentioned
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.photo_upload import read_with_photos
from web.pages.exchanges.thread.thread_page import get_thread, locale_of, propose_slots, show
from web.rendering.formats import format_day, format_hour
from web.rendering.paths import exchange_path
from web.rendering.render import reader_language, say
from web.security.session import require_account

MESSAGE_LIMIT = 2000


async def post_message(request: web.Request) -> web.Response:
    """POST /echanges/ID/messages. What could not be sent comes back with its pictures."""
    account = require_account(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        thread = await get_thread(conn, request)
    form, photos = await read_with_photos(request, account.actor_id)
    text = _ready_words(request, form) or form.lines("message", limit=MESSAGE_LIMIT)
    if form.typed("act") == "add":
        return await show(request, form, photos=photos)
    if not text and not photos:
        form.fail("message", "Écrivez votre message.")
    if form.ok:
        await look_up_mentioned(instance, text)
        words = Words(text=text, language=reader_language(request), media_ids=tuple(photo.id for photo in photos))
        try:
            async with transaction(instance.pool) as conn:
                await outbox.write(conn, instance.site, await actors.get(conn, account.actor_id), thread, words)
        except (Conflict, Invalid) as error:
            form.refuse("message", error)
    if not form.ok:
        return await show(request, form, photos=photos)
    raise redirect_with_message(exchange_path(thread.id), "sent")


def _ready_words(request: web.Request, form: Form) -> str:
    """The answer that a button sends as it stands."""
    chosen = form.typed("quick")
    if chosen == "disponible":
        return say(request, "Bonjour, est-ce toujours disponible ?")
    if chosen == "toujours":
        return say(request, "Bonjour, oui, c’est toujours disponible.")
    if chosen in ("0", "1", "2"):
        slot, locale = propose_slots(datetime.now(PARIS))[int(chosen)], locale_of(request)
        day, hour = format_day(slot, locale.language), format_hour(slot, locale.language)
        return say(request, "Je peux passer %(day)s à %(hour)s. Ça vous va ?", day=day, hour=hour)
    return ""


async def post_contact(request: web.Request) -> web.Response:
    """POST /echanges/ID/contact: the phone number, or the mail address, leaves by this tap and by no other way."""
    account = require_account(request)
    form = await read_form(request)
    kind = form.choice("contact", ("telephone", "courriel"), missing="Choisissez ce qu’il faut faire.")
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        thread = await get_thread(conn, request)
        phone = await phone_numbers.find_phone(conn, account.actor_id)
    if kind == "telephone" and not phone:
        form.fail("", "Notez d’abord votre téléphone dans vos réglages : il n’y est vu de personne.")
    if form.ok:
        text = _contact_words(request, account, phone if kind == "telephone" else "")
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                words = Words(text=text, language=reader_language(request))
                await outbox.share_contact(conn, instance.site, me, thread, words)
            raise redirect_with_message(exchange_path(thread.id), "sent")
        except (Conflict, Invalid) as error:
            form.refuse("", error)
    return await show(request, form)


def _contact_words(request: web.Request, account: Account, phone: str) -> str:
    if phone:
        return say(request, "Voici mon téléphone : %(phone)s", phone=phone)
    return say(request, "Voici mon courriel : %(email)s", email=account.email)


async def post_mute(request: web.Request) -> web.Response:
    """POST /echanges/ID/silence: be told of what comes in this thread, or not."""
    account = require_account(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        thread = await get_thread(conn, request)
        await exchanges.save_muted(conn, thread.id, account.actor_id, muted=form.flag("muted"))
    raise redirect_with_message(exchange_path(thread.id), "silence")
