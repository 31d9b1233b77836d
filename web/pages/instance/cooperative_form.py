"""What a cooperative tells about itself, read from a form: in the first-run wizard and in its settings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from models.places import epcis, places
from models.preferences import Preferences, Registration
from models.store.database import Connection
from web.forms.form import Form
from web.forms.territory_field import read_territory

REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)

NAME_LIMIT = 60


async def read_identity(conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    """Name, sentence and territory."""
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez le nom de la coop.")
    sentence = form.text("sentence", limit=200)
    territory = await read_territory(conn, form)
    own_words = form.text("territory_name", limit=NAME_LIMIT)
    if own_words == chosen.territory_name and territory.codes != chosen.territory_codes:
        own_words = ""  # it named the territory that was there before
    return replace(
        chosen,
        name=name,
        sentence=sentence,
        territory_kind=territory.kind,
        territory_codes=territory.codes,
        territory_name=own_words or territory.said[:NAME_LIMIT],
    )


async def fill_in(conn: Connection, chosen: Preferences) -> dict[str, str]:
    """Name, sentence and territory as they are typed."""
    return {
        "name": chosen.name,
        "sentence": chosen.sentence,
        "territory_kind": chosen.territory_kind,
        "territory": await name_territory(conn, chosen.territory_codes),
        "territory_name": chosen.territory_name,
    }


async def name_territory(conn: Connection, codes: Sequence[str]) -> str:
    """Communes, or an EPCI, by their codes, as they are typed."""
    communes = {one.code: one.label for one in await places.list_communes(conn, list(codes))}
    named = [communes.get(code) or await _name_epci(conn, code) for code in codes]
    return ", ".join(one for one in named if one)


async def _name_epci(conn: Connection, code: str) -> str:
    epci = await epcis.find_epci(conn, code)
    return epci.label if epci else ""
