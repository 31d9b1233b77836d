"""What is written by itself to whoever answers terms in words: how to, why it could not count, what the clock says."""

from typing import Literal

from models.exchanges.agreements import BOUND, OPEN, Agreement, State, Terms
from models.listings.listings import ListingDetails
from outbox.builders.texts.terms import write_rest, write_when
from outbox.builders.texts.wording import NBSP

Cause = Literal[
    "replaced", "taken", "given", "points", "expired", "withdrawn", "refused", "cancelled", "done", "agreed", "waiting",
    "impossible",
]  # fmt: skip
"""Why an answer does not count: what became of the terms that it answers."""

CAUSES: dict[Cause, tuple[str, str]] = {
    "replaced": ("d’autres conditions ont été proposées depuis", "other terms have been proposed since"),
    "taken": ("ces dates ont été prises entre-temps", "these days have been taken meanwhile"),
    "given": (
        "quelqu’un d’autre s’est mis d’accord entre-temps, ou l’annonce est fermée",
        "somebody else has agreed meanwhile, or the listing is closed",
    ),
    "points": ("il n’y a pas assez de points pour cela", "there are not enough points for it"),
    "expired": (
        "la proposition est restée trop longtemps sans réponse, et ne tient plus",
        "the proposal waited too long for an answer, and no longer stands",
    ),
    "withdrawn": ("la demande a été retirée", "the request was taken back"),
    "refused": ("la proposition a été refusée", "the proposal was turned down"),
    "cancelled": ("l’accord a été annulé", "the agreement was cancelled"),
    "done": ("c’est déjà fait", "it is done already"),
    "agreed": (
        "le oui est déjà noté, et l’accord tient toujours",
        "the yes is noted already, and the agreement still stands",
    ),
    "waiting": (
        "le oui est déjà dit, et il reste à confirmer de l’autre côté",
        "the yes is said already, and is to be confirmed on the other side",
    ),
    "impossible": ("ce n’est pas possible en ce moment", "it is not possible at the moment"),
}

REMINDERS: dict[str, tuple[str, str]] = {
    "begins_soon": (
        "Rappel : « {title} », c’est pour bientôt{when}. S’il y a un empêchement, répondez à ce message :"
        " {name} le lit.",
        "Reminder: “{title}” is soon{when}. If something comes up, answer this message: {name} reads it.",
    ),
    "ends_soon": (
        "Rappel : la fin du prêt approche, « {title} »{when}. Pour convenir du retour, répondez à ce message :"
        " {name} le lit.",
        "Reminder: the loan ends soon, “{title}”{when}. To settle how it comes back, answer this message:"
        " {name} reads it.",
    ),
    "returned": (
        "« {title} » : est-ce {done} ? Répondez à ce message : {name} le lit.",
        "“{title}”: is it {done}? Answer this message: {name} reads it.",
    ),
    "forgotten": (
        "« {title} » : toujours pas de nouvelles. Dites si c’est {done} en répondant à ce message : {name} le lit.",
        "“{title}”: still no news. Say whether it is {done} by answering this message: {name} reads it.",
    ),
    "last_call": (
        "« {title} » : dernier rappel. Dites si c’est {done} en répondant à ce message : {name} le lit."
        " L’accord s’éteint dans une semaine.",
        "“{title}”: last reminder. Say whether it is {done} by answering this message: {name} reads it."
        " The agreement ends in a week.",
    ),
}


def write_cause(cause: str, language: str) -> str:
    """Why an answer does not count, in a few words; nothing for a cause that is not known here."""
    return {str(name): words for name, words in CAUSES.items()}.get(cause, ("", ""))[language != "fr"]


def write_why(cause: Cause, language: str) -> str:
    """The same as a sentence."""
    before = f"Voici pourquoi{NBSP}:" if language == "fr" else "Here is why:"
    return f"{before} {write_cause(cause, language)}."


def write_hint(title: str, name: str, language: str) -> str:
    """How to answer what waits for a yes or a no."""
    if language == "fr":
        return (
            f"Message automatique. {name} lira vos mots. Pour répondre à ce qui vous est proposé pour « {title} »,"
            " répondez à ce message exactement « oui » ou « non », sans rien d’autre. Avant cela, rien n’est conclu."
        )
    return (
        f"Automatic message. {name} will read your words. To answer what is proposed to you about “{title}”, reply to"
        " this message with exactly “yes” or “no”, and nothing else. Before that, nothing is agreed."
    )


def write_unheard(title: str, name: str, cause: Cause, language: str) -> str:
    """That an answer came, but does not count."""
    why = write_cause(cause, language)
    if language == "fr":
        return (
            f"Message automatique. Votre réponse pour « {title} » est arrivée, mais elle ne compte pas : {why}."
            f" Pour la suite, répondez à ce message avec vos mots : {name} les lira."
        )
    return (
        f"Automatic message. Your answer about “{title}” has come, but it does not count: {why}."
        f" To go on, reply to this message in your own words: {name} will read them."
    )


def write_again(title: str, terms: Terms, language: str) -> str:
    """Whether her words were a yes to these terms, all of them: her answer binds her."""
    french = language == "fr"
    parts = ", ".join(
        part for part in (write_when(terms, french=french), *write_rest(terms, None, french=french)) if part
    )
    if french:
        about = f"« {title} », {parts}" if parts else f"« {title} »"
        return (
            f"J’ai compris votre message comme un oui pour {about}. Si c’est bien cela, répondez à ce message"
            " exactement « oui », ou bien « non ». Sans votre oui, rien n’est conclu."
        )
    about = f"“{title}”, {parts}" if parts else f"“{title}”"
    return (
        f"I understood your message as a yes for {about}. If it is one, reply to this message with exactly “yes”,"
        " or else “no”. Without your yes, nothing is agreed."
    )


def write_reminder(kind: str, details: ListingDetails, terms: Terms, name: str, language: str) -> str:
    """What the clock says, to somebody who has no button to answer it."""
    french = language == "fr"
    when = write_when(terms, french=french)
    back = details.mode == "loan"
    done = ("rendu" if back else "fait") if french else ("back" if back else "done")
    words = REMINDERS[kind][not french]
    return words.format(title=details.title, when=f", {when}" if when else "", name=name, done=done)


def find_cause(held: Agreement, *, yes: bool, turn: bool) -> Cause | None:
    """Why an answer to an earlier question counts no more; None where it says what is so already.

    `turn` where other terms wait for an answer of the same person.
    """
    if held.state in OPEN:
        if turn or held.accepted_uri is None:
            return "replaced"
        return None if yes else "waiting"
    if yes == (held.state in BOUND):
        return None
    causes: dict[State, Cause] = {
        "agreed": "agreed",
        "done": "done",
        "refused": "refused",
        "withdrawn": "withdrawn",
        "cancelled": "cancelled",
        "expired": "expired",
    }
    return causes[held.state]
