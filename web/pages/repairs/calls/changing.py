"""Who passes by changes her call: the same three steps, filled in with what she said last, be it that it still waits;
the team may look at it again.
"""

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.listings import listings
from models.listings.listings import STANDING, Listing, ListingDraft
from models.moderation import held_posts
from models.people.accounts import Account
from models.repairs import passers_by
from models.store.database import connection, transaction
from outbox.listings.listing_defaults import find_latest
from outbox.people import passers_by as verbs
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import draw_pictures
from web.pages.listings.publish.listing_form import note_refusal, values_of
from web.pages.listings.publish.where_fields import place_values
from web.pages.repairs.calls.call_fields import NOWHERE_KNOWN, read_call
from web.pages.repairs.calls.call_form import LIMITS, read_files, show_form
from web.pages.repairs.calls.own_call import CHANGE, call_path
from web.pages.repairs.calls.passing import hide
from web.pages.repairs.calls.sounds import KEPT, play
from web.pages.repairs.calls.steps import LAST, find_wrong_step, keep_errors_of, read_step
from web.security.session import require_account


async def show_change(request: web.Request) -> web.Response:
    """GET /depannage/mon-appel/changer. Raises NotFound for members, who have the long form, and once it has ended."""
    _, listing = await _get_own(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        latest = await find_latest(conn, listing)
        values = values_of(latest.listing, latest.listing.post.source)
        values.update(await place_values(conn, latest.listing))
    hung = latest.attached
    files = play(instance, draw_pictures(instance.site, hung), next((one for one in hung if one.type == "audio"), None))
    for photo in files.photos:
        values.add("media", str(photo.id))
    if files.sound is not None:
        values[KEPT] = str(files.sound.id)
    return hide(await show_form(request, blank_form(request, values), files, step=1, change=CHANGE, held=latest.held))


async def post_change(request: web.Request) -> web.Response:
    """POST /depannage/mon-appel/changer: the next step, the one before, or the change itself."""
    account, listing = await _get_own(request)
    instance = request.app[INSTANCE]
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        files = await read_files(instance, form, account.actor_id, spool, post_id=listing.id)
    step = read_step(form)
    if form.typed("act") == "back":
        form.errors.clear()
        return hide(await show_form(request, form, files, step=max(1, step - 1), change=CHANGE))
    async with connection(instance.pool) as conn:
        draft = await read_call(conn, request, form, known=NOWHERE_KNOWN, media_ids=files.media_ids)
    wrong = find_wrong_step(form, step)
    if wrong is None and step == LAST:
        await _change(request, form, account, listing, draft)
        wrong = find_wrong_step(form, LAST)
    keep_errors_of(form, wrong or 0)
    return hide(await show_form(request, form, files, step=wrong or min(step + 1, LAST), change=CHANGE))


async def _change(request: web.Request, form: Form, account: Account, listing: Listing, draft: ListingDraft) -> None:
    """Change it and lead her back to her call; where it is refused, the form says so."""
    site = request.app[INSTANCE].site
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await verbs.change(conn, site, account.actor_id, draft)
            waits = await held_posts.find(conn, listing.id)
    except Invalid as refusal:
        note_refusal(form, refusal)
    except Conflict as refusal:
        form.refuse("", refusal)
    else:
        done = "changed_held" if waits is not None and waits.draft is not None else "changed"
        raise redirect_with_message(call_path(listing.id), done)


async def _get_own(request: web.Request) -> tuple[Account, Listing]:
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        passer = await passers_by.find(conn, account.actor_id)
        listing = await listings.find_by_post(conn, passer.listing_id) if passer and passer.listing_id else None
    if listing is None or listing.post.deleted_at is not None or listing.details.status not in STANDING:
        raise NotFound
    return account, listing
