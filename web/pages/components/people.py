"""A person, or another actor, as pages name one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from models.people import actors
from models.people.accounts import Account
from models.people.actors import BUILT_IN, Actor
from models.store.database import Connection
from web.rendering.paths import profile_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote something: the name, the house number's initial, the page here, since when a member here.

    A guest, who takes part by mail, has neither handle nor page.
    `back_on` is when whoever is away returns.
    """

    id: int
    name: str
    initial: str
    handle: str
    href: str
    local: bool
    since: datetime | None
    back_on: datetime | None = None


def person_of(actor: Actor) -> Person:
    """What pages show of this actor. Only of ours we know since when."""
    return Person(
        id=actor.id,
        name=actor.display_name,
        initial=initial_of(actor.display_name),
        handle="" if actor.guest else actor.handle,
        href="" if actor.guest else profile_path(actor),
        local=actor.local,
        since=actor.created_at if actor.local else None,
        back_on=find_return(actor, datetime.now(UTC)),
    )


async def load_writer_and_reader(
    conn: Connection, writer_id: int, account: Account | None
) -> tuple[Actor, Actor | None]:
    """Who wrote what a page shows, and the member who reads it; None for a visitor."""
    people = await actors.map_by_ids(conn, {writer_id, account.actor_id} if account else {writer_id})
    return people[writer_id], people[account.actor_id] if account else None


def is_reportable(writer: Actor, reader_id: int | None) -> bool:
    """Whether the reader can report what this actor writes: not her own words, nor those of the cooperative itself."""
    return writer.id != reader_id and not (writer.local and writer.username in BUILT_IN)


def find_return(actor: Actor, at: datetime) -> datetime | None:
    """When an actor who is away at this moment is back."""
    return actor.away_until if actor.away_until is not None and actor.away_until > at else None


def initial_of(name: str) -> str:
    """The first letter or digit of a name."""
    return next((letter.upper() for letter in name if letter.isalnum()), "?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTo:
    """Where somebody moved to: the account's handle and its page here, else its bare address."""

    name: str
    href: str


async def find_moved_to(conn: Connection, actor: Actor) -> MovedTo | None:
    """The account that the actor moved to, if she moved."""
    if actor.moved_to is None:
        return None
    moved = await actors.find_by_uri(conn, actor.moved_to)
    if moved is None:
        return MovedTo(name=actor.moved_to, href=actor.moved_to if actor.moved_to.startswith("https://") else "")
    return MovedTo(name=f"@{moved.handle}", href=profile_path(moved))


async def find_name(conn: Connection, actor_id: int | None) -> str:
    """What somebody is called who did something; empty where she is gone."""
    found = await actors.list_by_ids(conn, [actor_id] if actor_id else [])
    return found[0].display_name if found else ""
