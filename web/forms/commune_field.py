"""A form's field for a commune, or for a federation of them: what was typed becomes one that exists, or a sentence that
helps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.places import epcis, places
from models.places.epcis import Epci
from models.places.places import Commune
from models.store.database import Connection
from web.forms.form import Form

CLOSE = 3
"""So many communes, and federations of them, are proposed for what nobody knows."""

SEVERAL = 6
"""So many places of one name are all listed; of more the postcode is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedArea:
    """What a field for a commune or an EPCI names; where that may be several or none, how those `close` are typed."""

    commune: Commune | None = None
    epci: Epci | None = None
    close: tuple[str, ...] = ()


async def read_area(conn: Connection, form: Form, name: str) -> TypedArea:
    """The commune or the EPCI that was typed: "Lomme", "59160", "MEL", "Métropole Européenne de Lille".

    A commune of this very name is meant before any EPCI. What may be several is asked at the field.
    """
    typed = form.text(name, limit=100)
    if not typed:
        return TypedArea()
    named = await places.list_communes_named(conn, typed)
    if named:
        return _take_one(form, name, typed, named)
    called = await epcis.list_named(conn, typed)
    if not called:
        return await _read_words(conn, form, name, typed)
    if len(called) == 1:
        return TypedArea(epci=called[0])
    close = tuple(one.label for one in called)
    _ask_which(form, name, typed, close)
    return TypedArea(close=close)


def _take_one(form: Form, name: str, typed: str, named: Sequence[Commune]) -> TypedArea:
    """The commune of this name; of several the field asks which one."""
    if len(named) == 1:
        return TypedArea(commune=named[0])
    close = tuple(one.label for one in named)
    _ask_which(form, name, typed, close)
    return TypedArea(close=close[:SEVERAL])


async def _read_words(conn: Connection, form: Form, name: str, typed: str) -> TypedArea:
    """The one EPCI with these words, where no commune begins so."""
    begun = await places.search_communes(conn, typed, CLOSE, mistyped=False)
    found = await epcis.list_with_words(conn, typed, CLOSE)
    if len(found) == 1 and not begun:
        return TypedArea(epci=found[0])
    if not found and not begun:
        begun = await places.search_communes(conn, typed, CLOSE)
    close = (*(one.label for one in begun), *(one.label for one in found))
    _say_close(form, name, typed, close)
    return TypedArea(close=close)


async def read_commune(conn: Connection, form: Form, name: str = "commune", *, missing: str = "") -> Commune | None:
    """The commune that was typed: "Lomme", "59160", "59160 Lomme"."""
    typed = form.text(name, limit=100, missing=missing)
    return await find_commune(conn, form, name, typed) if typed else None


async def find_commune(conn: Connection, form: Form, name: str, typed: str) -> Commune | None:
    """The commune that `typed` names; the field is told what comes close when there is none, or several."""
    named = await places.list_communes_named(conn, typed)
    if named:
        return _take_one(form, name, typed, named).commune
    close = await places.search_communes(conn, typed, CLOSE)
    _say_close(form, name, typed, [one.label for one in close])
    return None


def _ask_which(form: Form, name: str, typed: str, close: Sequence[str]) -> None:
    """That several places are called so: all of them, or some as examples for the postcode."""
    if len(close) <= SEVERAL:
        form.fail(name, "« %(typed)s » peut être %(close)s. Laquelle ?", typed=typed, close=", ".join(close))
    else:
        form.fail(
            name,
            "%(count)s communes s’appellent « %(typed)s » : ajoutez le code postal, par exemple %(close)s.",
            count=len(close),
            typed=typed,
            close=", ".join(close[:CLOSE]),
        )


def _say_close(form: Form, name: str, typed: str, close: Sequence[str]) -> None:
    """That nobody knows what was typed, and what comes close."""
    if close:
        form.fail(
            name,
            "Nous ne connaissons pas « %(typed)s ». Vouliez-vous dire %(close)s ?",
            typed=typed,
            close=", ".join(close),
        )
    else:
        form.fail(name, "Nous ne connaissons pas « %(typed)s ». Essayez avec le code postal.", typed=typed)
