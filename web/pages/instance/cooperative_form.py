"""What a cooperative tells about itself, read from a form: in the first-run wizard and in its settings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from models.places import epcis, places
from models.places.epcis import Epci
from models.places.places import Commune, fold_name
from models.preferences import Preferences, Registration, TerritoryKind
from models.store.database import Connection
from web.forms.commune_field import find_commune
from web.forms.form import Form

KINDS: tuple[TerritoryKind, ...] = ("commune", "communes", "epci")

REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)

NAME_LIMIT = 60

COMMUNES = 60
"""The most communes that are picked one by one; an EPCI may have more."""


FORM_OF_EPCI = re.compile(
    r"(?:communauté (?:d['’]agglomération|de communes|urbaine)|CA|CC|CU)\s+"
    r"(?:de la |de l['’]|de |du |des |d['’])?(?P<name>.+)",
    re.IGNORECASE,
)


def shorten_epci(name: str) -> str:
    """What people call an EPCI: "Hénin-Carvin" for "Communauté d'agglomération d'Hénin-Carvin"."""
    found = FORM_OF_EPCI.fullmatch(name)
    short = found["name"] if found else name
    return (short[:1].upper() + short[1:])[:NAME_LIMIT]


async def read_identity(conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    """Name, sentence and territory."""
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez le nom de la coop.")
    sentence = form.text("sentence", limit=200)
    kind = form.choice("territory_kind", KINDS, default="commune")
    codes, said = await _read_territory(conn, form, kind)
    own_words = form.text("territory_name", limit=NAME_LIMIT)
    if own_words == chosen.territory_name and codes != chosen.territory_codes:
        own_words = ""  # it named the territory that was there before
    return replace(
        chosen,
        name=name,
        sentence=sentence,
        territory_kind=kind,
        territory_codes=codes,
        territory_name=own_words or said,
    )


async def _read_territory(conn: Connection, form: Form, kind: str) -> tuple[tuple[str, ...], str]:
    """The codes of the territory, and what to call it."""
    typed = form.text("territory", limit=2000, missing="Dites quel est votre territoire.")
    if not typed:
        return (), ""
    if kind == "epci":
        epci = await _read_epci(conn, form, typed)
        return ((epci.code,), shorten_epci(epci.name)) if epci else ((), "")
    communes = await _read_communes(conn, form, typed, several=kind != "commune")
    said = ", ".join(commune.name for commune in communes[:3]) + (" …" if len(communes) > 3 else "")
    return tuple(commune.code for commune in communes), said


async def _read_communes(conn: Connection, form: Form, typed: str, *, several: bool) -> list[Commune]:
    """Those that were typed with commas between them, each once."""
    names = [name.strip() for name in typed.split(",") if name.strip()]
    if len(names) > COMMUNES:
        form.fail("territory", "%(count)s communes au plus. Choisissez plutôt leur communauté.", count=COMMUNES)
        return []
    if not several and len(names) > 1:
        form.fail("territory", "Vous donnez plusieurs communes : cochez « Plusieurs communes ».")
    found = [await find_commune(conn, form, "territory", name) for name in names]
    return list({commune.code: commune for commune in found if commune is not None}.values())


async def _read_epci(conn: Connection, form: Form, typed: str) -> Epci | None:
    found = await epcis.search_epcis(conn, typed, 5)
    exact = [epci for epci in found if fold_name(epci.name) == fold_name(typed)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        close = ", ".join(f"« {epci.name} »" for epci in found)
        form.fail("territory", "Il y en a plusieurs : %(close)s. Écrivez le nom en entier.", close=close)
    else:
        form.fail("territory", "Nous ne connaissons pas cette communauté. Donnez l’une de ses communes.")
    return None


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
    return epci.name if epci else ""
