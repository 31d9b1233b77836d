"""A cooperative and its local authority for others: lines of a profile that every server and app shows."""

from html import escape

from federation.vocabulary.actors import ProfileField
from models.preferences import Preferences

RESPONSIBLE_FIELDS = ("Qui en répond", "Courriel")

AUTHORITY_FIELD = ProfileField(name="Qui parle ici", value="Compte de la collectivité")
"""What the account of a local authority says of itself, before its own lines."""


def build_responsible_fields(chosen: Preferences) -> tuple[ProfileField, ...]:
    """Who publishes it and how to write to it, in French; what was not filled in is left out."""
    lines = zip(RESPONSIBLE_FIELDS, (chosen.legal_publisher, chosen.contact_email), strict=True)
    return tuple(ProfileField(name=name, value=escape(words)) for name, words in lines if words)
