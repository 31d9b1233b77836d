"""What becomes of somebody's place on the list of a listing, in words: to people elsewhere, and with new terms."""

from datetime import datetime

from outbox.builders.texts.wording import write_day, write_hour

FRENCH = {
    "joined": "C’est noté : vous êtes sur la liste de réserve pour « {title} ». Si c’est de nouveau libre, la question "
    "vous sera posée à votre tour.",
    "left": "C’est noté : vous n’êtes plus sur la liste de réserve pour « {title} ».",
    "closed": "« {title} » : l’annonce est close, et sa liste de réserve aussi. Merci d’avoir attendu !",
    "passed": "« {title} » : sans réponse de votre part, c’est maintenant le tour de la personne suivante. Vous n’êtes "
    "plus sur la liste de réserve.",
    "freed": "« {title} » est de nouveau libre. Si cela vous intéresse toujours, demandez-le à nouveau.",
    "lapsed": "« {title} » : vous n’avez pas dit que vous restiez sur la liste de réserve. Votre place n’est plus "
    "gardée.",
    "past": "« {title} » : les jours que vous attendiez sont passés. Vous n’êtes plus sur la liste.",
}

ENGLISH = {
    "joined": "Noted: you are on the reserve list for “{title}”. If it is free again, you will be asked in your turn.",
    "left": "Noted: you are no longer on the reserve list for “{title}”.",
    "closed": "“{title}”: the listing is closed, and its reserve list with it. Thank you for waiting!",
    "freed": "“{title}” is free again. If you would still like it, ask for it again.",
    "lapsed": "“{title}”: you did not say that you stay on the reserve list. Your place is no longer kept.",
    "past": "“{title}”: the days that you waited for are over. You are no longer on the list.",
    "passed": "“{title}”: as you did not answer, the next person is asked. You are no longer on the reserve list.",
}


def write_reserve(kind: str, title: str, language: str) -> str:
    """One sentence or two; of a listing that was taken away no title is left."""
    french = language == "fr"
    title = title or ("Annonce retirée" if french else "Listing taken back")
    return (FRENCH if french else ENGLISH)[kind].format(title=title)


def write_call(title: str, until: datetime, language: str) -> str:
    """It is free again and it is her turn, until a moment."""
    if language != "fr":
        by = f"{write_day(until, french=False)} at {write_hour(until, french=False)}"
        return f"“{title}” is free again: would you still like it? Without an answer by {by}, the next person is asked."
    by = f"{write_day(until, french=True)} à {write_hour(until, french=True)}"
    return (
        f"« {title} » est de nouveau libre : le voulez-vous toujours ? Sans réponse avant le {by}, "
        "ce sera le tour de la personne suivante."
    )
