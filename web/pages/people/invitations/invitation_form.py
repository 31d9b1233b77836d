"""What an invitation is made of: a note, places, an end."""

from datetime import UTC, datetime, timedelta

from models.people.invitations.invitations import MOST_PLACES, NewInvitation
from web.forms.form import Form

NOTE_LIMIT = 100

DURATIONS = ("7", "30", "90", "365")
"""Days that an invitation may hold."""


def read_invitation(form: Form, *, made_by: int, team: bool, most: int = MOST_PLACES) -> NewInvitation:
    """The fields in the order of the page; `most` is how many places she may give."""
    note = form.text("note", limit=NOTE_LIMIT)
    typed = form.text("places", limit=10, missing="Dites pour combien de personnes.")
    places = int(typed) if typed.isascii() and typed.isdecimal() else 0
    if typed and not 1 <= places <= most:
        if most == 1:
            form.fail("places", "Vous ne pouvez plus inviter qu’une personne : écrivez 1.")
        else:
            form.fail("places", "Écrivez un nombre de personnes, de 1 à %(most)s.", most=most)
    days = form.choice("days", DURATIONS, missing="Choisissez jusqu’à quand elle sert.")
    return NewInvitation(
        made_by=made_by,
        team=team,
        note=note,
        places=places,
        needs_yes=form.flag("needs_yes"),
        expires_at=datetime.now(UTC) + timedelta(days=int(days or 0)),
    )
