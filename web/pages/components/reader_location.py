"""Where the reader looks from."""

from models.people.accounts import Account
from models.places import places
from models.places.places import Commune
from models.store.database import Connection
from web.rendering.branding import Branding


async def find_reader_commune(conn: Connection, account: Account | None, face: Branding) -> Commune | None:
    """The member's commune, else the one with the most people in the coop's territory."""
    if account and account.default_commune_code:
        return await places.find_commune(conn, account.default_commune_code)
    if not face.territory_codes:
        return None
    if face.territory_kind == "epci":
        communes = await places.list_by_epci(conn, face.territory_codes[0])
    else:
        communes = await places.list_communes(conn, list(face.territory_codes))
    return max(communes, key=lambda commune: commune.population, default=None)
