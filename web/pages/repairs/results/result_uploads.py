"""Pictures and the invoice that a repairer sends with a result: in the store first, then noted with it, or gone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from federation.instance import Instance
from federation.media import private_files
from federation.sandbox.pictures import MAX_BYTES
from models.repairs.bikes.files import MOST_INVOICES, MOST_RESULT_PHOTOS, BikeFile
from outbox.exchanges.result_files import FileChanges, NewFile
from web.forms.form import Form
from web.forms.multipart import FileLimits
from web.http.row_ids import find_id
from web.pages.repairs.bikes.attachments import FIELDS, store_upload

LIMITS = FileLimits(count=MOST_RESULT_PHOTOS + MOST_INVOICES, size=MAX_BYTES)


@asynccontextmanager
async def stored_uploads(instance: Instance, form: Form, held: Sequence[BikeFile]) -> AsyncIterator[FileChanges]:
    """What came with a form, in the store, and which of those before she takes away. Whatever goes wrong inside, also
    what the form says, the new files go.
    """
    added: list[NewFile] = []
    kept = False
    try:
        for kind, field in FIELDS.items():
            for upload in form.files(field):
                if form.ok and (stored := await store_upload(instance, form, upload, kind)) is not None:
                    added.append(NewFile(kind=kind, stored=stored))
        dropped = {find_id(one) for one in form.values.getall("remove", [])}
        own = tuple(one.id for one in held if one.id in dropped)
        yield FileChanges(added=tuple(added), dropped=own)
        kept = form.ok
    finally:
        if not kept:
            for one in added:
                await private_files.drop(instance, one.stored)
