"""Terms and what became of them in words, for people whose server has no other way to read them."""

from datetime import datetime, timedelta

from models.exchanges.agreements import Terms
from models.exchanges.points import Currency
from models.listings.listings import ListingDetails
from models.moments import PARIS
from outbox.builders.texts.wording import NBSP, write_day, write_hour, write_money

FRENCH: dict[str, str] = {
    "requested": "Bonjour, pour « {title} »{when} : est-ce possible ?",
    "offered": "Bonjour, pour « {title} », je peux vous aider{when}. Cela vous convient ?",
    "countered": "Pour « {title} », je vous propose ceci{when}.",
    "agreed": "C’est noté, nous sommes d’accord pour « {title} »{when}.",
    "refused": "Pour « {title} », ce n’est pas possible, désolé.",
    "withdrawn": "Je retire ma demande pour « {title} ».",
    "cancelled": "L’accord pour « {title} »{when} est annulé.",
    "expired": "Pour « {title} », la proposition est restée sans réponse : elle ne tient plus.",
    "out": "« {title} » : c’est remis.",
    "back": "« {title} » : c’est rendu, merci !",
    "done": "« {title} » : c’est fait, merci !",
    "noted": "« {title} » : ce qui a été fait est noté.",
    "unreported": "« {title} » : c’était une erreur, ce n’est pas encore fait.",
    "thanked": "Merci pour « {title} » !",
    "begins_soon": "Rappel : c’est pour bientôt, « {title} »{when}.",
    "ends_soon": "Rappel : la fin du prêt approche, « {title} »{when}.",
    "returned": "« {title} » : est-ce rendu, ou fait ?",
    "forgotten": "« {title} » : toujours pas de nouvelles. Sans un mot de vous, l’accord s’éteindra de lui-même.",
    "last_call": "« {title} » : dernier rappel. Sans un mot de vous, l’accord s’éteint dans une semaine.",
    "gone": "« {title} » : l’autre personne n’est plus là. Ce qui était en cours avec elle est clos.",
    "stopped": "La coopérative a suspendu le compte avec lequel vous avez un échange à propos de « {title} ». Vous"
    " pouvez l’annuler sans aucun reproche ; ce qui est prêté reste à rendre.",
    "resumed": "« {title} » : le compte de l’autre personne n’est plus suspendu, votre échange peut continuer.",
    "refused_here": "C’est noté : vous dites non pour « {title} ».",
    "done_here": "C’est noté : pour « {title} », c’est fait.",
    "failed_here": "Votre message est transmis, mais votre réponse pour « {title} » n’a pas pu être notée.",
    "unheard": "« {title} » : une réponse vient d’arriver, mais elle ne compte pas. Rien n’a changé.",
    "explained": "Votre message est transmis. Pour répondre à ce qui vous est proposé pour « {title} », répondez à ce"
    " message exactement « oui » ou « non », sans rien d’autre. Avant cela, rien n’est conclu.",
}

ENGLISH: dict[str, str] = {
    "requested": "Hello, about “{title}”{when}: is it possible?",
    "offered": "Hello, about “{title}”, I can help{when}. Does that suit you?",
    "countered": "About “{title}”, I propose this{when}.",
    "agreed": "Noted: we agree on “{title}”{when}.",
    "refused": "About “{title}”: sorry, it is not possible.",
    "withdrawn": "I take back my request about “{title}”.",
    "cancelled": "What we agreed about “{title}”{when} is cancelled.",
    "expired": "About “{title}”: nobody answered the proposal, it no longer stands.",
    "out": "“{title}”: handed over.",
    "back": "“{title}”: it is back, thank you!",
    "done": "“{title}”: done, thank you!",
    "noted": "“{title}”: what was done is noted.",
    "unreported": "“{title}”: my mistake, it is not done yet.",
    "thanked": "Thank you for “{title}”!",
    "begins_soon": "Reminder: it is soon, “{title}”{when}.",
    "ends_soon": "Reminder: the loan ends soon, “{title}”{when}.",
    "returned": "“{title}”: is it back, or done?",
    "forgotten": "“{title}”: still no news. Without a word from you, the agreement will end by itself.",
    "last_call": "“{title}”: last reminder. Without a word from you the agreement ends in a week.",
    "gone": "“{title}”: the other person is no longer here. Whatever was going on with them is closed.",
    "stopped": "The cooperative has suspended the account with which you have an exchange about “{title}”. You may"
    " cancel it, and nobody will blame you; what is on loan is still to be given back.",
    "resumed": "“{title}”: the account of the other person is no longer suspended, your exchange can go on.",
    "refused_here": "Noted: you say no to “{title}”.",
    "done_here": "Noted: “{title}” is done.",
    "failed_here": "Your message was passed on, but your answer about “{title}” could not be recorded.",
    "unheard": "“{title}”: an answer has just come, but it does not count. Nothing has changed.",
    "explained": "Your message was passed on. To answer what is proposed to you about “{title}”, reply to this message"
    " with exactly “yes” or “no”, and nothing else. Before that, nothing is agreed.",
}


def write_act(kind: str, details: ListingDetails, terms: Terms, language: str, currency: Currency | None = None) -> str:
    """What happened in one sentence or two; `currency` names the points, which are told to members alone."""
    french = language == "fr"
    colon = f"{NBSP}: " if french else ": "
    when = _join_behind(colon if kind == "countered" else ", ", write_all(terms, currency, french=french))
    if kind == "requested" and details.kind != "offer":
        kind = "offered"
    return fill(kind, details, when, language)


def fill(kind: str, details: ListingDetails, when: str, language: str) -> str:
    """The sentence for what happened, with the listing's title and what is said of the terms."""
    french = language == "fr"
    title = details.title or ("annonce retirée" if french else "withdrawn listing")
    return (FRENCH if french else ENGLISH)[kind].format(title=title, when=when)


def write_all(terms: Terms, currency: Currency | None, *, french: bool) -> list[str]:
    """All that terms say, part by part."""
    return [part for part in (write_when(terms, french=french), *write_rest(terms, currency, french=french)) if part]


def _join_behind(mark: str, parts: list[str]) -> str:
    """All of them behind this mark; nothing where there are none."""
    return mark + ", ".join(parts) if parts else ""


def write_choice(link: str, language: str, until: datetime) -> str:
    """How to answer what is asked; the link acts once, until then."""
    if language == "fr":
        return (
            f"Répondez « oui » ou « non » à ce message, ou choisissez ici{NBSP}: {_write_link(link, language, until)}."
        )
    return f"Answer “yes” or “no” to this message, or choose here: {_write_link(link, language, until)}."


def write_link(link: str, language: str, until: datetime) -> str:
    """The link alone, where the words before it say how to answer."""
    before = f"Ou choisissez ici{NBSP}:" if language == "fr" else "Or choose here:"
    return f"{before} {_write_link(link, language, until)}."


def _write_link(link: str, language: str, until: datetime) -> str:
    if language == "fr":
        return f"{link} (lien valable jusqu’au {_write_moment(until, french=True)})"
    return f"{link} (until {_write_moment(until, french=False)})"


def write_buttons(page: str, language: str, *, too: bool = False) -> str:
    """Where a member of ours finds her buttons: the thread's page; `too` where the words before say another way."""
    if language == "fr":
        return f"{'Ou répondez ici' if too else 'Pour répondre'}{NBSP}: {page}"
    return f"{'Or answer here' if too else 'To answer'}: {page}"


def write_page(link: str, language: str) -> str:
    """Where the whole thread stands."""
    return f"Pour le dire{NBSP}: {link}" if language == "fr" else f"To say so: {link}"


def write_when(terms: Terms, *, french: bool) -> str:
    """From when until when; of whole days the days alone, the last one included."""
    begins_at, ends_at = terms.begins_at, terms.ends_at
    if begins_at is None:
        return ""
    if ends_at is None:
        return (
            f"le {_write_moment(begins_at, french=french)}"
            if french
            else f"on {_write_moment(begins_at, french=french)}"
        )
    if is_whole_days(begins_at, ends_at):
        first, last = write_day(begins_at, french=french), write_day(ends_at - timedelta(hours=1), french=french)
        if first == last:
            return f"le {first}" if french else f"on {first}"
        return f"du {first} au {last}" if french else f"from {first} to {last}"
    return _write_hours(begins_at, ends_at, french=french)


def _write_hours(begins_at: datetime, ends_at: datetime, *, french: bool) -> str:
    """From one moment to another; the day of both is said once."""
    day = write_day(begins_at, french=french)
    if begins_at.astimezone(PARIS).date() == ends_at.astimezone(PARIS).date():
        first, last = write_hour(begins_at, french=french), write_hour(ends_at, french=french)
        return f"le {day}, de {first} à {last}" if french else f"on {day}, from {first} to {last}"
    first, last = _write_moment(begins_at, french=french), _write_moment(ends_at, french=french)
    return f"du {first} au {last}" if french else f"from {first} to {last}"


def is_whole_days(begins_at: datetime, ends_at: datetime) -> bool:
    """Whether both are midnights on the clocks of the territories."""
    moments = (begins_at.astimezone(PARIS), ends_at.astimezone(PARIS))
    return all((moment.hour, moment.minute) == (0, 0) for moment in moments)


def _write_moment(moment: datetime, *, french: bool) -> str:
    return f"{write_day(moment, french=french)} {'à' if french else 'at'} {write_hour(moment, french=french)}"


def write_rest(terms: Terms, currency: Currency | None, *, french: bool) -> list[str]:
    """What else they say than when, part by part; what they do not say is empty. Points want the name of theirs."""
    language = "fr" if french else "en"
    return [
        _write_quantity(terms, french=french),
        terms.place,
        f"{'contre' if french else 'for'} {terms.in_return}" if terms.in_return else "",
        write_money(terms.amount, language) if terms.amount else "",
        f"{terms.points}{NBSP}{currency.name(terms.points, language)}" if terms.points and currency else "",
        terms.note,
    ]


def _write_quantity(terms: Terms, *, french: bool) -> str:
    """How many hours, or things where there are several."""
    if terms.quantity == 1 and terms.unit == "one":
        return ""
    count = format(terms.quantity.normalize(), "f")
    if terms.unit != "hour":
        return f"{count.replace('.', ',')} en tout" if french else f"{count} in all"
    several = "" if terms.quantity == 1 else "s"
    return f"{count.replace('.', ',')}{NBSP}heure{several}" if french else f"{count} hour{several}"
