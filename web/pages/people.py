"""A person, or another actor, as pages name one."""

from dataclasses import dataclass
from datetime import datetime

from models.actors import Actor
from web.pages.cards import profile_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote something: the name, the house number's initial, the page here, since when a member here."""

    id: int
    name: str
    initial: str
    handle: str
    href: str
    local: bool
    since: datetime | None


def person_of(actor: Actor) -> Person:
    """What pages show of this actor. Only of ours we know since when."""
    return Person(
        id=actor.id,
        name=actor.display_name,
        initial=initial_of(actor.display_name),
        handle=actor.handle,
        href=profile_path(actor),
        local=actor.local,
        since=actor.created_at if actor.local else None,
    )


def initial_of(name: str) -> str:
    """The first letter or digit of a name."""
    return next((letter.upper() for letter in name if letter.isalnum()), "?")
