"""Say a refusal in the reader's language: each code has one French sentence, which is its key in the catalogues."""

from collections.abc import Callable, Mapping
from typing import cast

from federation.errors import FetchFailed, ResolveFailed
from models.errors import DeclicError, Refusal
from models.moderation.journal import Act
from outbox.builders.texts import communities as community_texts
from outbox.builders.texts import reasons
from web.rendering.error_messages import (
    appointments,
    bikes,
    communities,
    diagnostic,
    exchanges,
    listings,
    meetings,
    people,
    posts,
    relations,
    repair_shops,
    requests,
    settings,
)
from web.rendering.formats import set_in
from web.rendering.journal_words import ACT_WORDS

TABLES: Mapping[str, Mapping[str, str]] = {
    "requests": requests.REFUSALS,
    "accounts": people.REFUSALS,
    "relations": relations.REFUSALS,
    "posts": posts.REFUSALS,
    "listings": listings.REFUSALS,
    "meetings": meetings.REFUSALS,
    "appointments": appointments.REFUSALS,
    "repair_shops": repair_shops.REFUSALS,
    "bikes": bikes.REFUSALS,
    "exchanges": exchanges.REFUSALS,
    "diagnostic": diagnostic.REFUSALS,
    "terms": reasons.REFUSALS,
    "communities": communities.REFUSALS,
    "entries": community_texts.REFUSALS,
    "settings": settings.REFUSALS,
}
"""Every code by its subject, each with its sentence."""

SENTENCES = {code: sentence for table in TABLES.values() for code, sentence in table.items()}


def as_refusal(error: DeclicError) -> Refusal:
    """What a person or an app is told of any error: of what concerns servers and us alone, that it failed."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, FetchFailed | ResolveFailed):
        return Refusal("remote_server_failed", host=error.host)
    return Refusal("internal_error")


def find_sentence(refusal: Refusal) -> str:
    """Its sentence, in French. A code that has none, which the tests do not let pass, is shown as it is."""
    return SENTENCES.get(refusal.code, refusal.code)


KNOWN = frozenset(
    {
        *reasons.NOES.values(),
        *(one for one in reasons.REFUSALS.values() if "%(" not in one),
        *community_texts.REFUSALS.values(),
    }
)
"""What cooperatives say no with by themselves, here or elsewhere, in French."""


def reword(text: str, translate: Callable[[str], str]) -> str:
    """The reason of a no in the reader's language, where software gave it, line by line; what somebody typed stays."""
    return "\n".join(translate(line) if line in KNOWN else line for line in text.split("\n"))


def find_values(refusal: Refusal, translate: Callable[[str], str]) -> dict[str, object]:
    """What stands in its sentence: an `act` of the journal, or a `contradiction` of settings, in words; one that has
    none is shown as it is.
    """
    values = dict(refusal.values)
    if "contradiction" in values:
        code = str(values["contradiction"])
        values["contradiction"] = translate(settings.CONTRADICTIONS.get(code, code))
    if "act" in values:
        act = cast(Act, values["act"])
        values["act"] = translate(ACT_WORDS.get(act, act))
    return values


def format_error(refusal: Refusal, translate: Callable[[str], str], language: str) -> str:
    """The sentence in `language`, into which `translate` brings the French one, with its values."""
    return set_in(translate(find_sentence(refusal)), find_values(refusal, translate), language)
