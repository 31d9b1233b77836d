"""Where the reader looks from, and the commune that somebody typed."""

from models import places, preferences
from models.accounts import Account
from models.database import Connection
from models.places import Commune
from web.forms import Form


async def home_place(conn: Connection, account: Account | None) -> Commune | None:
    """The member's commune, else the one with the most people in the coop's territory."""
    if account and account.default_commune_code:
        return await places.find_commune(conn, account.default_commune_code)
    chosen = await preferences.load(conn)
    if not chosen.territory_codes:
        return None
    if chosen.territory_kind == "epci":
        communes = await places.list_by_epci(conn, chosen.territory_codes[0])
    else:
        communes = await places.list_communes(conn, list(chosen.territory_codes))
    return max(communes, key=lambda commune: commune.population, default=None)


async def read_commune(conn: Connection, form: Form, name: str, *, missing: str = "") -> Commune | None:
    """The commune typed in this field; what fits nothing is an error that proposes what resembles it."""
    typed = form.text(name, limit=100, missing=missing)
    commune = await places.find_commune_named(conn, typed) if typed else None
    if typed and commune is None:
        close = [one.label for one in await places.search_communes(conn, typed, 3)]
        if close:
            form.fail(name, "Commune inconnue. Peut-être : %(places)s ?", places=", ".join(close))
        else:
            form.fail(name, "Nous ne trouvons pas cette commune. Essayez son code postal.")
    return commune
