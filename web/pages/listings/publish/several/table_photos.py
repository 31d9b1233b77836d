"""Photos chosen beside a table, kept under their file names until the listings that name them are published."""

from collections.abc import Mapping

from federation.instance import Instance
from federation.media.uploads import save_upload
from federation.media_store import StoreFull
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture
from models.errors import Conflict
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.media.uploads import MAX_UNATTACHED
from models.store.database import connection
from web.forms.form import Form
from web.forms.multipart import FileLimits
from web.http.row_ids import find_id

AT_ONCE = 12
"""Photos in one sending, each in a file until its turn: memory holds one. Those sent before are kept."""

LIMITS = FileLimits(count=AT_ONCE + 1, size=MAX_BYTES)
"""The table, and its photos."""

FIELD = "photo"
"""A photo that was sent before: its id and its name."""

Photos = Mapping[str, Media]
"""By the name of their file, folded."""


def fold_file(name: str) -> str:
    """Under which a photo is found: "IMG_1.JPG" and "photos/img_1.jpg" are one."""
    return name.replace("\\", "/").rpartition("/")[2].strip().casefold()


async def take_photos(instance: Instance, form: Form, owner_id: int) -> Photos:
    """Those sent before and those that come now, the later one of a name; what cannot be used is said by its name."""
    kept = dict(await _find_kept(instance, form, owner_id))
    for upload in form.files("photos"):
        try:
            saved = await save_upload(instance, owner_id=owner_id, data=await upload.load(), name=upload.filename)
        except RefusedPicture as refusal:
            form.refuse("photos", refusal, too=True)
        except Conflict:
            form.fail(
                "photos", "%(most)s photos au plus peuvent attendre une annonce : publiez d’abord.", most=MAX_UNATTACHED
            )
            break
        except StoreFull:
            form.fail("photos", "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
            break
        else:
            kept[fold_file(upload.filename)] = saved
    return kept


async def _find_kept(instance: Instance, form: Form, owner_id: int) -> Photos:
    """Her own that wait for a listing; what the form says beside them counts for nothing."""
    named: dict[int, str] = {}
    for said in form.values.getall(FIELD, [])[:MAX_UNATTACHED]:
        id, _, name = said.partition(" ")
        found = find_id(id)
        if found is not None:
            named[found] = fold_file(name)
    async with connection(instance.pool) as conn:
        held = await media.list_by_ids(conn, list(named))
    return {
        named[id]: one
        for id, one in held.items()
        if one.owner_id == owner_id and one.post_id is None and one.remote_url is None
    }
