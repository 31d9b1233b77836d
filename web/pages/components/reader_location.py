"""Where the reader looks from."""

from models.people.accounts import Account
from models.places import places
from models.places.places import Commune
from models.store.database import Connection
from web.rendering.branding import Branding


async def find_reader_commune(conn: Connection, account: Account | None, branding: Branding) -> Commune | None:
    """The member's commune, else the one with the most people in the coop's territory."""
    if account and account.default_commune_code:
        return await places.find_commune(conn, account.default_commune_code)
    if not branding.territory_codes:
        return None
    if branding.territory_kind == "epci":
        return await places.find_main_commune(conn, branding.territory_codes[0])
    communes = await places.list_communes(conn, list(branding.territory_codes))
    return max(communes, key=lambda commune: commune.population, default=None)
