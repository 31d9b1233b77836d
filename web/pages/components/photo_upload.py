"""Photos of the publish form: taken in as they come, kept while anything else is wrong; words for them are welcome."""

from dataclasses import replace

from aiohttp import web

from federation.instance import Instance
from federation.media.uploads import save_upload, turn_upload
from federation.media_store import StoreFull
from federation.sandbox.orientation import TURNS
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture, shown_name
from models.errors import Conflict
from models.posts.media import media, uploads
from models.posts.media.media import Media
from models.store.database import connection, transaction
from web.forms.form import Form, read_form
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.listing_cards import Picture, draw_pictures

MOST = uploads.MAX_ATTACHED

LIMITS = FileLimits(count=MOST, size=MAX_BYTES)

ALT_LIMIT = 1000

TURN_CHOICES = ("", *map(str, TURNS))
"""Degrees clockwise, as the form sends them."""


async def read_with_photos(request: web.Request, owner_id: int) -> tuple[Form, list[Picture]]:
    """The form that was posted, and its photos: those that come now go through files, so that memory holds one at most.

    Of a form that is only drawn beside itself nothing is kept. Raises what `read_form` does.
    """
    instance = request.app[INSTANCE]
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        keep = read_photos if form.typed("act") == "live" else take_photos
        return form, await keep(instance, form, owner_id)


async def take_photos(instance: Instance, form: Form, owner_id: int) -> list[Picture]:
    """The photos of the form: those it had, less those ticked to go, and the new ones; the one to come first is first.

    What cannot be used is an error that names the file. Words are kept with each photo, so that they come back too.
    """
    kept = await _turn(instance, form, await _save_words(instance, form, await _find_kept(instance, form, owner_id)))
    new = await _save_new(instance, form, owner_id, room=MOST - len(kept))
    return draw_pictures(instance.site, _put_first(form, [*kept, *new]))


async def read_photos(instance: Instance, form: Form, owner_id: int) -> list[Picture]:
    """The same as far as they are here already: nothing is kept, turned nor changed, whatever the form says."""
    return draw_pictures(instance.site, _put_first(form, await _find_kept(instance, form, owner_id)))


def _put_first(form: Form, photos: list[Media]) -> list[Media]:
    first = form.typed("first_photo")
    return sorted(photos, key=lambda photo: str(photo.id) != first)


async def _find_kept(instance: Instance, form: Form, owner_id: int) -> list[Media]:
    """Her own photos among those that the form had, in its order."""
    wanted = _list_wanted(form)[:MOST]
    if not wanted:
        return []
    async with connection(instance.pool) as conn:
        found = await media.list_by_ids(conn, wanted)
    own = [found[id] for id in wanted if id in found]
    return [one for one in own if one.owner_id == owner_id and one.remote_url is None]


async def _save_words(instance: Instance, form: Form, photos: list[Media]) -> list[Media]:
    """Each photo with the words that were typed for it; those of a listing that stands change when it does."""
    told: list[Media] = []
    async with transaction(instance.pool) as conn:
        for one in photos:
            name = f"alt_{one.id}"
            words = form.text(name, limit=ALT_LIMIT) if name in form.values else one.description
            if words != one.description and one.owner_id and (one.post_id is None or form.typed("act") == "publish"):
                await uploads.save_words(conn, one.id, one.owner_id, description=words)
            told.append(replace(one, description=words))
    return told


async def _turn(instance: Instance, form: Form, photos: list[Media]) -> list[Media]:
    """Each photo turned as its choice says; one that cannot be turned is named, and stays as it is."""
    turned = []
    for number, photo in enumerate(photos, 1):
        degrees = int(form.choice(f"turn_{photo.id}", TURN_CHOICES) or 0)
        try:
            turned.append(await turn_upload(instance, photo, degrees) if degrees else photo)
        except (RefusedPicture, Conflict, StoreFull):
            turned.append(photo)
            form.fail("photos", "La photo %(number)s n’a pas pu être tournée : réessayez.", number=number)
    return turned


def _list_wanted(form: Form) -> list[int]:
    """The photos that the form had, less those ticked to go."""
    dropped = set(form.values.getall("remove", []))
    sent = [find_id(id) for id in form.values.getall("media", []) if id not in dropped]
    return [id for id in dict.fromkeys(sent) if id is not None]


async def _save_new(instance: Instance, form: Form, owner_id: int, *, room: int) -> list[Media]:
    words = [text.strip()[:ALT_LIMIT] for text in form.values.getall("alt_new", [])]
    saved: list[Media] = []
    for number, upload in enumerate(form.files("photos")):
        if len(saved) >= room:
            name = shown_name(upload.filename)
            form.fail("photos", "%(count)s photos au plus : « %(name)s » est de trop.", count=MOST, name=name)
            break
        try:
            photo = await save_upload(
                instance,
                owner_id=owner_id,
                data=await upload.load(),
                name=upload.filename,
                description=words[number] if number < len(words) else "",
            )
        except RefusedPicture as refusal:
            form.refuse("photos", refusal, too=True)
        except Conflict:
            form.fail("photos", "Beaucoup de photos attendent déjà une annonce. Publiez-les, ou effacez un brouillon.")
            break
        except StoreFull:
            form.fail("photos", "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
            break
        else:
            saved.append(photo)
    return saved


async def list_uploaded(instance: Instance, owner_id: int, ids: list[int]) -> list[Picture]:
    """Those of these photos that wait for a post of this person, in this order."""
    async with connection(instance.pool) as conn:
        found = await media.list_by_ids(conn, ids[:MOST])
    kept = [found[id] for id in ids if id in found]
    own = [one for one in kept if one.owner_id == owner_id and one.post_id is None and one.remote_url is None]
    return draw_pictures(instance.site, own)


async def list_attached(instance: Instance, post_id: int) -> list[Picture]:
    """The photos that a listing has."""
    async with connection(instance.pool) as conn:
        return draw_pictures(instance.site, (await media.list_by_posts(conn, [post_id]))[post_id])
