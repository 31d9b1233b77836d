"""What a cooperative tells about itself, read from a form: in the first-run wizard and in its settings."""

from dataclasses import replace
from typing import get_args

from models.places import epcis, places
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
)
from models.store.database import Connection
from web.forms.form import Form
from web.forms.points_field import fill_in_points, read_points
from web.forms.territory_field import read_territory
from web.pages.instance.map_tiles import fill_in_tiles, read_tiles

REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)

NAME_LIMIT = 60

MOST_MEMBER_INVITATIONS = 50
"""People whom each member may invite at most, where the cooperative wants it."""


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


async def fill_in(conn: Connection, chosen: Preferences) -> dict[str, str]:
    """The settings as they are typed; boxes are shown from the settings themselves."""
    if chosen.territory_kind == "epci":
        named = [await epcis.find_epci(conn, code) for code in chosen.territory_codes]
        territory = ", ".join(epci.label for epci in named if epci)
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
