"""Photos of the publish form: taken in as they come, kept while anything else is wrong; words for them are welcome."""

from federation.instance import Instance
from federation.media.uploads import save_upload
from federation.media_store import StoreFull
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture, shown_name
from models.errors import Conflict
from models.posts.media import media, uploads
from models.posts.media.media import Media
from models.store.database import connection, transaction
from web.forms.form import Form
from web.forms.multipart import FileLimits
from web.http.row_ids import find_id
from web.pages.components.listing_cards import Picture, draw_pictures

MOST = uploads.MAX_ATTACHED

LIMITS = FileLimits(count=MOST, size=MAX_BYTES)

ALT_LIMIT = 1000


async def take_photos(instance: Instance, form: Form, owner_id: int) -> list[Picture]:
    """The photos of the form: those it had, less those ticked to go, and the new ones; the one to come first is first.

    What cannot be used is an error that names the file. Words are kept with each photo, so that they come back too.
    """
    kept = await _read_kept(instance, form, owner_id)
    new = await _save_new(instance, form, owner_id, room=MOST - len(kept))
    first = form.typed("first_photo")
    ordered = sorted([*kept, *new], key=lambda photo: str(photo.id) != first)
    return draw_pictures(instance.site, ordered)


async def _read_kept(instance: Instance, form: Form, owner_id: int) -> list[Media]:
    wanted = _list_wanted(form)
    if not wanted:
        return []
    kept = []
    async with transaction(instance.pool) as conn:
        found = await media.list_by_ids(conn, wanted[:MOST])
        for photo in found.values():
            if photo.owner_id == owner_id and photo.remote_url is None:
                name = f"alt_{photo.id}"
                words = form.text(name, limit=ALT_LIMIT) if name in form.values else photo.description
                kept.append(await uploads.save_words(conn, photo.id, owner_id, description=words))
    order = {id: place for place, id in enumerate(wanted)}
    return sorted(kept, key=lambda photo: order[photo.id])


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
                data=upload.body,
                name=upload.filename,
                description=words[number] if number < len(words) else "",
            )
        except RefusedPicture as refusal:
            form.refuse("photos", refusal, too=True)
        except Conflict:
            form.fail("photos", "Beaucoup de photos attendent déjà une annonce. Publiez-les, ou attendez demain.")
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
