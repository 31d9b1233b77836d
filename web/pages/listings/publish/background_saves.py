"""What the script of the publish form sends while the rest is typed: one photo after the other, and the draft."""

from aiohttp import web

from federation.media.uploads import save_upload
from federation.sandbox.pictures import MAX_BYTES
from models.errors import Invalid
from models.store.database import transaction
from web.forms.form import read_form
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.pages.components.listing_cards import draw_pictures
from web.pages.components.photo_upload import read_photos
from web.pages.listings.publish.kept_forms import WRITER, save_form, was_published
from web.security.acting_author import find_author

ONE_PHOTO = FileLimits(count=1, size=MAX_BYTES)


async def post_photo(request: web.Request) -> web.Response:
    """POST /publier/photos: one photo, which waits for its listing as one of the form does; JSON.

    Sent again under the same `key` it is the same one. Raises what `save_upload` does.
    """
    author = await find_author(request)
    form = await read_form(request, ONE_PHOTO)
    if not form.ok:  # too heavy, or one too many
        return _answer({"error": next(iter(form.errors.values()))}, status=422)
    if not form.files("photos"):
        raise Invalid("form_unreadable")
    [upload] = form.files("photos")
    instance, key = request.app[INSTANCE], form.typed("key")
    photo = await save_upload(
        instance,
        owner_id=author.account.actor_id,
        data=upload.body,
        name=upload.filename,
        key=key if WRITER.fullmatch(key) else None,
    )
    [picture] = draw_pictures(instance.site, [photo])
    return _answer({"id": str(photo.id), "thumbnail": picture.thumbnail_url})


async def post_draft(request: web.Request) -> web.Response:
    """POST /publier/brouillon: the form as it is typed so far, kept as a draft; JSON. Raises Conflict for one too many.

    `other` leads to what was typed into the same draft elsewhere, where there is such. Where the same page has
    published it already, nothing is kept: this was on its way before that.
    """
    account = (await find_author(request)).account
    form = await read_form(request)
    instance = request.app[INSTANCE]
    photos = await read_photos(instance, form, account.actor_id)
    async with transaction(instance.pool) as conn:
        if await was_published(conn, form, account):
            return _answer({"published": "yes"})
        saved = await save_form(conn, form, photos, account)
    other = f"/publier?brouillon={saved.other_id}" if saved.other_id else None
    return _answer({"id": str(saved.id), "version": str(saved.version), "other": other})


def _answer(value: dict[str, str | None], *, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers={"Cache-Control": "private, no-store"})
