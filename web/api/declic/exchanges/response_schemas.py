"""What is answered about exchanges: threads, what stands in them, what is agreed."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from models.exchanges.agreements import Role, State
from models.exchanges.agreements.state_machine import Verb
from models.exchanges.exchanges import EventKind
from models.listings.listings import ListingKind, ListingMode, ListingStatus
from web.api.declic.response_schemas import Address, Amount, Id, Moment, Photo
from web.rendering.render import N_

Step = Literal["out", "back", "done"]


class Counterpart(Struct, kw_only=True, frozen=True):
    """The other one of the two."""

    name: str
    id: Annotated[Id | None, Meta(description=N_("Comme dans l’API de Mastodon ; rien pour qui n’a pas de compte."))]
    acct: str | None
    url: str | None


class Subject(Struct, kw_only=True, frozen=True):
    """What the two talk about."""

    id: Annotated[Id, Meta(description=N_("L’identifiant d’une annonce."))]
    title: Annotated[str, Meta(description=N_("Vide quand l’annonce a été retirée."))]
    kind: ListingKind
    mode: ListingMode
    status: ListingStatus
    withdrawn: bool


class ThreadLine(Struct, kw_only=True, frozen=True):
    """One exchange in a list."""

    id: Id
    url: Annotated[Address, Meta(description=N_("Sa page sur ce site."))]
    role: Annotated[Role, Meta(description=N_("Votre côté : l’annonce est à vous, ou vous y répondez."))]
    listing: Subject
    other: Counterpart
    unread: bool
    updated_at: Moment
    state: Annotated[State | None, Meta(description=N_("Où en est l’accord ; rien tant qu’on ne fait que parler."))]
    your_turn: Annotated[bool, Meta(description=N_("Une proposition attend votre réponse."))]
    to_confirm: Annotated[bool, Meta(description=N_("L’autre personne dit que c’est fait, et pas encore vous."))]
    begins_at: Moment | None
    ends_at: Moment | None
    held_until: Annotated[Moment | None, Meta(description=N_("Jusqu’à quand une réponse est attendue."))]


class Terms(Struct, kw_only=True, frozen=True):
    """What somebody proposes; from the beginning until before the end."""

    begins_at: Moment | None
    ends_at: Moment | None
    quantity: Amount
    unit: str
    place: str
    in_return: str
    amount: Annotated[Amount | None, Meta(description=N_("En euros."))]
    points: int | None
    note: str


class Agreement(Struct, kw_only=True, frozen=True):
    """What the two settle, as far as it is."""

    id: Id
    state: State
    terms: Terms
    yours: Annotated[bool, Meta(description=N_("Ces conditions sont les vôtres."))]
    offer: Annotated[
        str, Meta(description=N_("Le nom de ces conditions : renvoyé avec un oui, il n’en accepte pas d’autres."))
    ]
    accepted: Annotated[bool, Meta(description=N_("Vous avez dit oui, et l’autre coop doit encore confirmer."))]
    held_until: Moment | None
    reason: Annotated[str, Meta(description=N_("Pourquoi c’est fini, dans les mots de qui l’a dit."))]
    you_reported: bool
    they_reported: bool
    verified: Annotated[bool, Meta(description=N_("Vous dites tous les deux que c’est fait."))]
    verbs: Annotated[list[Verb], Meta(description=N_("Ce que vous pouvez faire maintenant."))]
    steps: Annotated[list[Step], Meta(description=N_("Ce que vous pouvez dire avec « report »."))]
    created_at: Moment
    updated_at: Moment


class Thread(ThreadLine, kw_only=True, frozen=True):
    """One exchange, with everything that was agreed in it, the latest first."""

    muted: bool
    closed: Annotated[bool, Meta(description=N_("Vous ne pouvez plus vous écrire."))]
    agreements: list[Agreement]


class ThreadEntry(Struct, kw_only=True, frozen=True):
    """A message, or something that happened."""

    id: Annotated[Id, Meta(description=N_("Pour un message, le même que dans l’API de Mastodon."))]
    kind: EventKind | Literal["message"]
    yours: Annotated[bool | None, Meta(description=N_("Rien pour ce qui arrive de soi-même, comme un rappel."))]
    at: Moment
    text: str
    content: Annotated[str, Meta(description=N_("Le même texte, en HTML."))]
    photos: list[Photo]
    agreement_id: Id | None
    terms: Terms | None


class TakenRange(Struct, kw_only=True, frozen=True):
    """Days on which it is not to be had; why is told to nobody."""

    begins_at: Moment
    ends_at: Annotated[Moment, Meta(description=N_("Le premier moment où c’est de nouveau libre."))]


class TakenDays(Struct, kw_only=True, frozen=True):
    """When a listing is taken, for a year from now."""

    dated: Annotated[bool, Meta(description=N_("Cette annonce a un calendrier."))]
    known: Annotated[bool, Meta(description=N_("Celui d’une autre coop peut ne pas être encore arrivé."))]
    told_at: Annotated[Moment | None, Meta(description=N_("Quand l’autre coop l’a dit ; rien pour celles d’ici."))]
    ranges: list[TakenRange]
