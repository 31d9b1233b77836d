"""A search read from the parameters of an address: what makes no sense is left out, and said where it was typed."""

from datetime import UTC, datetime

from federation.uris import is_uri
from models.listings import categories
from models.listings.listings import KINDS
from models.people.accounts import Account
from models.places import places
from models.places.epcis import Epci
from models.places.places import Commune
from models.searches import Cursor
from models.searches.areas import list_territories
from models.store.database import Connection
from web.forms.commune_field import read_area
from web.forms.form import Form
from web.forms.position_field import read_bounds
from web.pages.components.reader_location import find_reader_commune
from web.pages.searches.search_query import COMMUNE, EPCI, MINE, MODES, ON_MAP, RADII, SearchQuery
from web.pages.searches.wanted_days import read_wanted_days
from web.rendering.branding import Branding

TEXT_LIMIT = 200

COOPS_LIMIT = 4_000
"""Characters of the addresses of cooperatives."""


async def read_search(conn: Connection, form: Form, account: Account | None, branding: Branding) -> SearchQuery:
    """The search in an address; what makes no sense is left out, and said in `form.errors` where it was typed."""
    at = datetime.now(UTC)
    given = await read_area(conn, form, "lieu")
    commune = given.commune or await _find_standpoint(conn, given.epci, account, branding)
    within = EPCI if given.epci else _read_within(form, commune)
    coop = _read_coop(form)
    days = read_wanted_days(form, at=at)
    search = SearchQuery(
        text=form.text("q", limit=TEXT_LIMIT),
        place=form.typed("lieu").strip()[:100],
        close=given.close,
        epci=given.epci,
        commune=commune,
        commune_given=bool(given.commune or given.epci),
        commune_codes=await _list_codes(conn, commune, within),
        within=within,
        kinds=form.many("genre", KINDS),
        modes=form.many("mode", MODES),
        category=_read_category(form, branding),
        coop=coop,
        territory_uris=await _list_territories(conn, coop, account),
        known=account is not None,
        with_photo=form.flag("photo"),
        from_places=form.flag("partenaire"),
        days=days,
        moments=days.find_moments(at) if days else None,
        bounds=None if within else read_bounds(form),
        on_map=form.typed("vue") == ON_MAP[1],
        after=Cursor.read(form.typed("apres")),
    )
    return search.sort_by(form.typed("tri"))


async def _find_standpoint(
    conn: Connection, epci: Epci | None, account: Account | None, branding: Branding
) -> Commune | None:
    """From where the reader looks who named no commune; at an EPCI of which hers is none, from its largest one."""
    own = await find_reader_commune(conn, account, branding)
    if epci is None or (own and own.epci_code == epci.code):
        return own
    return await places.find_main_commune(conn, epci.code)


def _read_within(form: Form, commune: Commune | None) -> str:
    """Kilometres, COMMUNE or EPCI, where she looks from somewhere; a commune in no federation is taken by itself."""
    typed = form.typed("km")
    if commune is None or typed not in (*RADII, COMMUNE, EPCI):
        return ""
    return COMMUNE if typed == EPCI and not commune.epci_code else typed


async def _list_codes(conn: Connection, commune: Commune | None, within: str) -> tuple[str, ...]:
    return tuple(await places.list_codes(conn, commune.code)) if commune and within == COMMUNE else ()


def _read_coop(form: Form) -> str:
    """MINE, or the ids of cooperatives' actors, each once; "" where nothing of it is any."""
    typed = form.text("coop", limit=COOPS_LIMIT)
    return typed if typed == MINE else " ".join(uri for uri in dict.fromkeys(typed.split()) if is_uri(uri))


async def _list_territories(conn: Connection, coop: str, account: Account | None) -> tuple[str, ...]:
    if coop == MINE:
        return await list_territories(conn, account.actor_id if account else None)
    return tuple(coop.split()) if " " in coop else ()


def _read_category(form: Form, branding: Branding) -> str:
    """A shared category, or a sub-category of ours; of one that is ours no more the shared one that it was under."""
    typed = form.text("cat", limit=60)
    shared, own = categories.split_chosen(typed)
    if categories.find(shared or "") is None:
        return ""
    return typed if own and branding.find_subcategory(own) else shared or ""
