"""A form's field for the territory of a cooperative: a name, a postcode, an INSEE code or an acronym becomes a place;
where several fit, they are offered to be tapped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from multidict import MultiDict

from models.places import epcis, places
from models.places.epcis import Epci
from models.places.place_names import shorten_epci
from models.places.places import Commune, fold_name
from models.preferences import TerritoryKind
from models.store.database import Connection
from web.forms.form import Form

FIELD, KIND, TAPPED = "territory", "territory_kind", "territory_choice"

KINDS: tuple[TerritoryKind, ...] = ("commune", "communes", "epci")

LIMIT = 2000

COMMUNES = 60
"""The most communes that are picked one by one; an EPCI may have more."""

MOST_OFFERED = 24

MOST_SAID, SAID_LIMIT = 3, 60
"""Communes that the name of a territory names, and characters of that name."""

CLOSE = 3
"""So many communes, and so many EPCIs, are offered for what nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTerritory:
    """A territory: its codes, and what people call it."""

    kind: TerritoryKind
    codes: tuple[str, ...] = ()
    said: str = ""


async def read_territory(conn: Connection, form: Form) -> TypedTerritory:
    """The territory that was typed, or tapped among those that were offered; else a sentence at the field."""
    _take_tapped(form)
    kind = form.choice(KIND, KINDS, default="commune")
    typed = form.text(FIELD, limit=LIMIT, missing="Dites quel est votre territoire.")
    if not typed:
        return TypedTerritory(kind=kind)
    if kind == "epci":
        epci = await _read_epci(conn, form, typed)
        return TypedTerritory(kind=kind, codes=(epci.code,), said=shorten_epci(epci.name)) if epci else _nothing(kind)
    communes = await _read_communes(conn, form, kind, typed)
    said = _say([commune.name for commune in communes])
    return TypedTerritory(kind=kind, codes=tuple(commune.code for commune in communes), said=said)


def _say(names: Sequence[str]) -> str:
    """The first of them, as many as have room, and whether there are more."""
    for count in range(min(len(names), MOST_SAID), 1, -1):
        said = ", ".join(names[:count]) + (" …" if len(names) > count else "")
        if len(said) <= SAID_LIMIT:
            return said
    return (names[0] + (" …" if len(names) > 1 else "")) if names else ""


def _nothing(kind: TerritoryKind) -> TypedTerritory:
    return TypedTerritory(kind=kind)


def _take_tapped(form: Form) -> None:
    """What was tapped stands for what was typed, as if it had been typed in full."""
    kind, separator, words = form.typed(TAPPED).partition(":")
    if separator and kind in KINDS:
        values = MultiDict(form.values)
        values[KIND], values[FIELD] = kind, words
        values.popall(TAPPED)
        form.values = values


async def _read_epci(conn: Connection, form: Form, typed: str) -> Epci | None:
    """The one EPCI of this name, acronym or SIREN code, else that of the communes of this name or code."""
    found = await epcis.list_named(conn, typed) or await _list_of_communes(conn, typed)
    found = found or await epcis.list_with_words(conn, typed, MOST_OFFERED)
    if len(found) == 1:
        return found[0]
    if found:
        form.fail(FIELD, "« %(typed)s » peut être plusieurs communautés : touchez la vôtre.", typed=typed)
    else:
        found = await _list_around(conn, await places.search_communes(conn, typed, CLOSE))
        _fail_unknown(form, typed, close=bool(found))
    _offer_epcis(form, found)
    return None


async def _list_of_communes(conn: Connection, typed: str) -> list[Epci]:
    """The EPCIs of the communes that were named: "Carvin", "59000"."""
    return await _list_around(conn, await _list_communes(conn, typed))


async def _list_around(conn: Connection, communes: Sequence[Commune]) -> list[Epci]:
    codes = dict.fromkeys(one.epci_code for one in communes if one.epci_code)
    found = [await epcis.find_epci(conn, code) for code in codes]
    return [one for one in found if one is not None][:MOST_OFFERED]


async def _list_communes(conn: Connection, typed: str) -> list[Commune]:
    """All that were meant: by name, by postcode, by INSEE code; by both where a code is a postcode elsewhere."""
    coded = await places.find_commune(conn, typed.upper()) if len(typed) == places.INSEE_LENGTH else None
    if not fold_name(typed).strip().isdecimal():
        return [coded] if coded else await places.list_communes_named(conn, typed)
    having = await places.list_with_postcode(conn, typed)
    own = [one for one in having if one.postcodes[0] == typed]
    named = own if len(own) == 1 else having
    return named if coded is None or coded in named else [*named, coded]


async def _read_communes(conn: Connection, form: Form, kind: TerritoryKind, typed: str) -> list[Commune]:
    """Those that were typed with commas between them, each once."""
    names = [name.strip() for name in typed.split(",") if name.strip()]
    if len(names) > COMMUNES:
        form.fail(FIELD, "%(count)s communes au plus. Choisissez plutôt leur communauté.", count=COMMUNES)
        return []
    if kind == "commune" and len(names) > 1:
        form.fail(FIELD, "Vous donnez plusieurs communes : cochez « Plusieurs communes ».")
    found: dict[str, Commune] = {}
    for place, name in enumerate(names):
        named = await _list_communes(conn, name)
        if len(named) == 1:
            found[named[0].code] = named[0]
        elif not form.error(FIELD):
            await _ask(conn, form, kind, names, place, named)
    return list(found.values())


async def _ask(
    conn: Connection, form: Form, kind: TerritoryKind, names: Sequence[str], place: int, named: Sequence[Commune]
) -> None:
    """Which one is meant by the name at this place of those typed: several bear it, or none does."""
    typed = names[place]
    if len(named) > MOST_OFFERED:
        form.fail(
            FIELD,
            "%(count)s communes répondent à « %(typed)s » : donnez le nom et le code postal, par exemple %(close)s.",
            count=len(named),
            typed=typed,
            close=", ".join(one.label for one in named[:CLOSE]),
        )
        return
    if named:
        form.fail(FIELD, "« %(typed)s » peut être plusieurs communes : touchez la vôtre.", typed=typed)
    else:
        federations = await epcis.list_named(conn, typed) if len(names) == 1 else []
        named = [] if federations else await places.search_communes(conn, typed, CLOSE)
        _fail_unknown(form, typed, close=bool(federations or named))
        _offer_epcis(form, federations)
    others = [*names[:place]], [*names[place + 1 :]]
    _offer(form, kind, [(one.label, ", ".join([*others[0], one.label, *others[1]])) for one in named])


def _fail_unknown(form: Form, typed: str, *, close: bool) -> None:
    """That nobody knows what was typed as that kind of place; some that come close are offered, or none is."""
    if close:
        form.fail(FIELD, "« %(typed)s » : est-ce l’un de ceux-ci ? Touchez le vôtre, ou corrigez.", typed=typed)
    else:
        form.fail(FIELD, "Nous ne connaissons pas « %(typed)s ». Essayez avec le code postal.", typed=typed)


def _offer(form: Form, kind: TerritoryKind, offered: Sequence[tuple[str, str]]) -> None:
    """Places to be tapped: each as it is called, and what is then as good as typed."""
    form.offered[FIELD] = (*form.offered.get(FIELD, ()), *((f"{kind}:{words}", label) for label, words in offered))


def _offer_epcis(form: Form, found: Sequence[Epci]) -> None:
    _offer(form, "epci", [(one.label, one.label) for one in found])
