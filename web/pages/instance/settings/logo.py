"""The cooperative's logo: a picture that is sent with the form, by the one way that all pictures take."""

from aiohttp import web

from federation.media.uploads import save_upload
from federation.media_store import StoreFull
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture
from models.people import actors
from models.posts.media import uploads
from models.store.database import connection
from web.forms.form import Form
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.pages.instance.settings.reading import SENT

LOGO = FileLimits(count=1, size=MAX_BYTES)


async def take_logo(request: web.Request, form: Form) -> None:
    """Keep the picture that was sent, as the coop's; its key stands in the form, where nobody else can put one.

    One that was sent before, and shown with a form that came back, is found by its key.
    """
    instance, typed = request.app[INSTANCE], form.typed(SENT)
    if not typed and not form.files("logo"):
        return
    async with connection(instance.pool) as conn:
        coop = await actors.get_local(conn, "coop")
        known = typed if typed and await uploads.find_own(conn, coop.id, typed) else ""
    for upload in form.files("logo"):
        try:
            saved = await save_upload(instance, owner_id=coop.id, data=upload.body, name=upload.filename)
            known = saved.file_key or ""
        except RefusedPicture as refusal:
            form.refuse("logo", refusal)
        except StoreFull:
            form.fail("logo", "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
    form.put(SENT, known)
