"""What a cooperative tells about itself, read from a form: in the first-run wizard and in its settings."""

from dataclasses import replace
from typing import get_args

from models.places import epcis, places
from models.places.epcis import Epci
from models.places.place_names import shorten_epci
from models.places.places import Commune, fold_name
from models.preferences import (
    ACCENTS,
    DURATION_LABELS,
    LEAST_HOLD,
    LEAST_USUAL_DAYS,
    LONGEST_HOLD,
    MODES,
    MOST_USUAL_DAYS,
    Mode,
    Preferences,
    Registration,
    TerritoryKind,
)
from models.store.database import Connection
from web.forms.commune_field import find_commune
from web.forms.form import Form
from web.forms.points_field import fill_in_points, read_points
from web.pages.instance.map_tiles import fill_in_tiles, read_tiles

KINDS: tuple[TerritoryKind, ...] = ("commune", "communes", "epci")

REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)

NAME_LIMIT = 60

MOST_MEMBER_INVITATIONS = 50
"""People whom each member may invite at most, where the cooperative wants it."""

COMMUNES = 60
"""The most communes that are picked one by one; an EPCI may have more."""


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


async def read_settings(conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    """Everything that the settings page shows, in its order."""
    chosen = await read_identity(conn, form, chosen)
    chosen = replace(
        chosen,
        registration=form.choice("registration", REGISTRATIONS, default="closed"),
        member_invitations=_read_invitations(form),
        member_invitations_wait=form.flag("member_invitations_wait"),
        member_communities=form.flag("member_communities"),
        modes=_read_modes(form),
        duration_label=form.choice("duration_label", DURATION_LABELS, default="longest"),
        hold_hours=_read_hold(form, chosen.hold_hours),
        listing_days=_read_life(form, chosen.listing_days),
        guests=form.flag("guests"),
        strangers_shown=form.flag("strangers_shown"),
        suspension_by_two=form.flag("suspension_by_two"),
        talks_opened=form.flag("talks_opened"),
        journal_shown=form.flag("journal_shown"),
        markets=form.flag("markets"),
        ai_refused=form.flag("ai_refused"),
    )
    return replace(
        read_tiles(form, read_points(form, chosen)),
        accent=form.choice("accent", ACCENTS, default="email"),
        address=form.lines("address", limit=300),
        opening_hours=form.lines("opening_hours", limit=500),
        contact_email=form.email("contact_email"),
        legal_publisher=form.text("legal_publisher", limit=200),
        legal_director=form.text("legal_director", limit=200),
        legal_host=form.lines("legal_host", limit=300),
        legal_text=form.lines("legal_text", limit=4000),
    )


def _read_invitations(form: Form) -> int:
    typed = form.text("member_invitations", limit=20) or "0"
    if not (typed.isascii() and typed.isdecimal()) or int(typed) > MOST_MEMBER_INVITATIONS:
        form.fail("member_invitations", "Écrivez un nombre, de 0 à %(most)s.", most=MOST_MEMBER_INVITATIONS)
        return 0
    return int(typed)


def _read_modes(form: Form) -> tuple[Mode, ...]:
    ticked = form.many("modes", MODES)
    if not ticked:
        form.fail("modes", "Gardez au moins une façon d’échanger.")
    return ticked


def _read_hold(form: Form, held: int) -> int:
    typed = form.text("hold_hours", limit=20) or str(held)
    if not (typed.isascii() and typed.isdecimal()) or not LEAST_HOLD <= int(typed) <= LONGEST_HOLD:
        form.fail(
            "hold_hours", "Écrivez un nombre d’heures, de %(least)s à %(most)s.", least=LEAST_HOLD, most=LONGEST_HOLD
        )
        return held
    return int(typed)


def _read_life(form: Form, held: int) -> int:
    typed = form.text("listing_days", limit=20) or str(held)
    if not (typed.isascii() and typed.isdecimal()) or not LEAST_USUAL_DAYS <= int(typed) <= MOST_USUAL_DAYS:
        form.fail(
            "listing_days",
            "Écrivez un nombre de jours, de %(least)s à %(most)s.",
            least=LEAST_USUAL_DAYS,
            most=MOST_USUAL_DAYS,
        )
        return held
    return int(typed)


async def _read_territory(conn: Connection, form: Form, kind: str) -> tuple[tuple[str, ...], str]:
    """The codes of the territory, and what to call it."""
    typed = form.text("territory", limit=2000, missing="Dites quel est votre territoire.")
    if not typed:
        return (), ""
    if kind == "epci":
        epci = await _read_epci(conn, form, typed)
        return ((epci.code,), shorten_epci(epci.name)[:NAME_LIMIT]) if epci else ((), "")
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
    """The settings as they are typed; boxes are shown from the settings themselves."""
    if chosen.territory_kind == "epci":
        named = [await epcis.find_epci(conn, code) for code in chosen.territory_codes]
        territory = ", ".join(epci.name for epci in named if epci)
    else:
        communes = {one.code: one for one in await places.list_communes(conn, list(chosen.territory_codes))}
        territory = ", ".join(communes[code].label for code in chosen.territory_codes if code in communes)
    return {
        "territory": territory,
        **fill_in_points(chosen),
        **fill_in_tiles(chosen),
        "member_invitations": str(chosen.member_invitations),
        "hold_hours": str(chosen.hold_hours),
        "listing_days": str(chosen.listing_days),
        **{
            name: getattr(chosen, name)
            for name in (
                *("name", "sentence", "territory_kind", "territory_name", "accent", "registration", "address"),
                *("opening_hours", "contact_email", "legal_publisher", "legal_director", "legal_host", "legal_text"),
                "duration_label",
            )
        },
    }
