"""What a community says in words, in French: why somebody is not let in, and to people whose server reads no Join.

Why stands in `content` of a Reject, as `reasons` explains it; a Déclic says the sentence in its member's language.
"""

from outbox.builders.texts.wording import NBSP

REFUSALS = {
    "charter_missing": "Entrer, c’est dire oui à la charte : lisez-la, puis dites oui à sa version.",
    "charter_outdated": "La charte a changé entre-temps : lisez la version qui vaut maintenant, puis dites oui.",
    "charter_unknown": "Cette version de la charte n’existe pas.",
    "community_by_invitation": "On entre ici sur invitation.",
    "community_full": "Beaucoup de demandes attendent déjà une réponse : réessayez plus tard.",
    "community_refused_lately": "La réponse était non : vous pourrez redemander demain.",
    "community_ended": "Cette communauté n’existe plus.",
    "community_no_entry": "Vous ne pouvez pas entrer ici.",
}
"""Why somebody is not let in, by the codes of the verbs."""

LONGEST_SHOWN = 1_500
"""So much of a charter stands in a message; the rest is behind the link."""


def ask_in_words(name: str, charter: str, version: int, url: str, link: str, changes: str = "") -> str:
    """The one message to who follows a community from a server that reads no Join: does she say yes to the charter?

    `link` leads to where she answers by a tap. With `changes` it asks a member anew.
    """
    begin = (
        f"La charte de {name} change (version {version}){NBSP}: {changes}"
        if changes
        else f"Vous suivez {name}{NBSP}: vous voyez ce que cette communauté publie pour tout le monde. Pour en être "
        f"membre, il suffit de dire oui à sa charte (version {version})."
    )
    shown = charter if len(charter) <= LONGEST_SHOWN else f"{charter[:LONGEST_SHOWN].rstrip()}…"
    return (
        f"{begin}\n\n{shown}\n\nLa communauté{NBSP}: {url}\n\n"
        f"Répondez «{NBSP}oui{NBSP}» ou «{NBSP}non{NBSP}» à ce message, et rien d’autre, "
        f"ou choisissez ici{NBSP}: {link}"
    )


WORDS = {
    "joined": "Merci{NBSP}! Vous êtes maintenant membre de {name}.",
    "asked": "Merci{NBSP}! Votre demande est transmise à l’équipe de {name}, qui vous répondra.",
    "declined": "C’est noté, vous ne devenez pas membre de {name}.",
    "unclear": "Je ne comprends que «{NBSP}oui{NBSP}» ou «{NBSP}non{NBSP}». Personne ne lit ces messages.",
    "refused": "{name} ne vous accueille pas parmi ses membres. {reason}",
    "removed": "Vous n’êtes plus membre de {name}. {reason}",
    "hidden": "Ce que vous aviez partagé dans {name} y est retiré. {reason}",
    "shown": "Ce que vous aviez partagé dans {name} s’y montre de nouveau.",
    "role": "Votre rôle dans {name} a changé.",
}


def say(key: str, name: str, reason: str = "") -> str:
    """What became of it."""
    return WORDS[key].format(NBSP=NBSP, name=name, reason=reason).strip()
