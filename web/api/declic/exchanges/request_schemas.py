"""What may be asked and sent about exchanges."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from outbox.exchanges import act_names
from web.api.declic.request_schemas import Instant, Language, Limit, Money
from web.api.declic.response_schemas import Id
from web.rendering.render import N_

Words = Annotated[str, Meta(max_length=2_000)]


class ThreadQuery(Struct, kw_only=True, frozen=True):
    """Which of one's exchanges."""

    state: Annotated[
        Literal["all", "waiting", "open", "over"],
        Meta(description=N_("waiting : ce qui attend votre réponse, le plus pressé d’abord, 50 au plus.")),
    ] = "all"
    max_id: Annotated[Id | None, Meta(description=N_("Ce qui suit : l’en-tête Link le donne."))] = None
    limit: Limit = 20


class EntryQuery(Struct, kw_only=True, frozen=True):
    """Which lines of a thread."""

    max_id: Annotated[Id | None, Meta(description=N_("Les lignes plus anciennes que celle-ci."))] = None
    limit: Limit = 40


class SentTerms(Struct, kw_only=True, frozen=True):
    """What is proposed. What is not said is as the listing has it."""

    begins_at: Annotated[Instant | None, Meta(description=N_("Pour des jours entiers, minuit à Paris."))] = None
    ends_at: Annotated[Instant | None, Meta(description=N_("Le premier moment où c’est de nouveau libre."))] = None
    quantity: Annotated[Money | None, Meta(description=N_("Des heures, pour un service à l’heure."))] = None
    place: Annotated[str, Meta(max_length=200)] | None = None
    in_return: Annotated[
        Annotated[str, Meta(max_length=500)] | None, Meta(description=N_("Ce que vous donnez en échange."))
    ] = None
    amount: Annotated[Money | None, Meta(description=N_("En euros, quand le prix est libre."))] = None
    note: Annotated[str, Meta(max_length=1_000)] | None = None
    text: Annotated[Words | None, Meta(description=N_("Quelques mots qui vont avec."))] = None


class SentAct(Struct, kw_only=True, frozen=True):
    """One of the verbs that need no terms."""

    act: Annotated[
        act_names.Name,
        Meta(
            description=N_(
                "Dire oui, dire non, retirer, annuler ; ou c’est remis, c’est rendu, c’est fait ; ou demander à qui a "
                "répondu en mots si c’est un oui."
            )
        ),
    ]
    offer: Annotated[
        Annotated[str, Meta(max_length=2_000)] | None,
        Meta(
            description=N_(
                "Les conditions auxquelles vous répondez ; d’autres ne sont pas acceptées. Un oui les nomme toujours."
            )
        ),
    ] = None
    text: Annotated[Words | None, Meta(description=N_("Pourquoi, si c’est la fin."))] = None


class SentMessage(Struct, kw_only=True, frozen=True):
    """Something that is written in a thread."""

    text: Words | None = None
    media_ids: Annotated[list[Id], Meta(max_length=6)] = []
    language: Language = "fr"


class SentThanks(Struct, kw_only=True, frozen=True):
    """Thanks for what is done."""

    text: Annotated[str, Meta(min_length=1, max_length=2_000)]
    public: Annotated[bool, Meta(description=N_("Pour tout le monde, sous l’annonce ; sinon entre vous deux."))] = False
    language: Language = "fr"
