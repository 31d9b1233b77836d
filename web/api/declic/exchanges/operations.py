"""The addresses about exchanges."""

from typing import Any

from models.lazy import when_called
from web.api.declic.exchanges.request_schemas import (
    EntryQuery,
    SentAct,
    SentMessage,
    SentTerms,
    SentThanks,
    ThreadQuery,
)
from web.api.declic.exchanges.response_schemas import TakenDays, Thread, ThreadEntry, ThreadLine
from web.api.declic.operation import JSON, Operation
from web.api.declic.request_schemas import Nothing
from web.rendering.render import N_

with when_called(globals()):
    from web.api.declic.exchanges import actions, reading

READ, WRITE = "read:statuses", "write:statuses"

CALENDARS: list[Operation[Any]] = [
    Operation(
        name="show_calendar",
        method="GET",
        path="/listings/{id}/calendar",
        summary=N_("Quand une annonce est prise, en plages de jours, sur un an."),
        view=reading.show_calendar,
        asked=Nothing,
        formats={JSON: TakenDays},
        scope=READ,
    ),
]

EXCHANGES: list[Operation[Any]] = [
    Operation(
        name="list_exchanges",
        method="GET",
        path="/exchanges",
        summary=N_("Vos échanges, le dernier qui a bougé d’abord."),
        view=reading.list_threads,
        asked=ThreadQuery,
        formats={JSON: list[ThreadLine]},
        scope=READ,
        personal=True,
        paged=True,
    ),
    Operation(
        name="show_exchange",
        method="GET",
        path="/exchanges/{id}",
        summary=N_("Un échange, et ce que vous pouvez y faire."),
        view=reading.show_thread,
        asked=Nothing,
        formats={JSON: Thread},
        scope=READ,
        personal=True,
    ),
    Operation(
        name="list_entries",
        method="GET",
        path="/exchanges/{id}/entries",
        summary=N_("Les messages d’un échange et ce qui s’y est passé, le plus récent d’abord."),
        view=reading.list_entries,
        asked=EntryQuery,
        formats={JSON: list[ThreadEntry]},
        scope=READ,
        personal=True,
        paged=True,
    ),
    Operation(
        name="ask",
        method="POST",
        path="/listings/{id}/exchanges",
        summary=N_("Demander ce qui est proposé, ou proposer ce qui est cherché."),
        details=N_("Avec un en-tête Idempotency-Key, la même requête deux fois ne demande qu’une fois."),
        view=actions.post_request,
        asked=SentTerms,
        formats={JSON: Thread},
        scope=WRITE,
        personal=True,
        publishes=True,
        keyed=True,
    ),
    Operation(
        name="propose_terms",
        method="POST",
        path="/exchanges/{id}/terms",
        summary=N_("Proposer des conditions, ou d’autres que celles qui attendent une réponse."),
        view=actions.post_terms,
        asked=SentTerms,
        formats={JSON: Thread},
        scope=WRITE,
        personal=True,
    ),
    Operation(
        name="act",
        method="POST",
        path="/agreements/{id}/acts",
        summary=N_("Dire oui, dire non, retirer, annuler, ou dire où c’en est."),
        details=N_(
            "Ce qui est possible est dans « verbs » et « steps » ; le reste est refusé avec la raison. Ce qui est déjà "
            "fait n’est pas une erreur : la réponse dit où c’en est."
        ),
        view=actions.post_act,
        asked=SentAct,
        formats={JSON: Thread},
        scope=WRITE,
        personal=True,
    ),
    Operation(
        name="thank",
        method="POST",
        path="/agreements/{id}/thanks",
        summary=N_("Dire merci, une fois que c’est fait."),
        view=actions.post_thanks,
        asked=SentThanks,
        formats={JSON: Thread},
        scope=WRITE,
        personal=True,
    ),
    Operation(
        name="write_message",
        method="POST",
        path="/exchanges/{id}/messages",
        summary=N_("Écrire à l’autre personne."),
        view=actions.post_message,
        asked=SentMessage,
        formats={JSON: ThreadEntry},
        scope=WRITE,
        personal=True,
    ),
    Operation(
        name="mark_read",
        method="POST",
        path="/exchanges/{id}/read",
        summary=N_("Tout est lu ; personne d’autre ne le sait."),
        view=actions.post_read,
        asked=Nothing,
        formats={JSON: Thread},
        scope=WRITE,
        personal=True,
    ),
]
