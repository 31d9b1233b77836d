"""Undo: one of ours takes a Follow, a Like, an Announce or an Offer of terms back."""

from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Announce, Follow, Like, Offer, Undo
from models.people.actors import Actor
from models.settings import Site


def build_undo(site: Site, actor: Actor, undone: Follow | Like | Announce | Offer, *, reason: str = "") -> Undo:
    """Addressed as what is undone was; the inner activity stands whole, since some peers no longer know its id."""
    return Undo(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=undone,
        content=from_text(reason) if reason else "",
        to=undone.to,
        cc=undone.cc,
    )
