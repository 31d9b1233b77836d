"""A form's field for a commune: what was typed becomes one that exists, or a sentence that helps."""

from models.places import places
from models.places.places import Commune
from models.store.database import Connection
from web.forms.form import Form


async def read_commune(conn: Connection, form: Form, name: str = "commune", *, missing: str = "") -> Commune | None:
    """The commune that was typed: "Lomme", "59160", "59160 Lomme"."""
    typed = form.text(name, limit=100, missing=missing)
    return await find_commune(conn, form, name, typed) if typed else None


async def find_commune(conn: Connection, form: Form, name: str, typed: str) -> Commune | None:
    """The commune that `typed` names; the field is told what comes close when there is none."""
    commune = await places.find_commune_named(conn, typed)
    if commune is not None:
        return commune
    close = ", ".join(one.label for one in await places.search_communes(conn, typed, 3))
    if close:
        form.fail(
            name, "Nous ne connaissons pas « %(typed)s ». Vouliez-vous dire %(close)s ?", typed=typed, close=close
        )
    else:
        form.fail(name, "Nous ne connaissons pas « %(typed)s ». Essayez avec le code postal.", typed=typed)
    return None
