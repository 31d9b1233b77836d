"""Quotes (FEP-044f): what a post quotes, however it is said, and the stamp by which whoever is quoted agrees."""

from dataclasses import dataclass

from federation.errors import Malformed
from federation.json.fields import Json, mappings, texts, uri

PROPERTIES = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
"""How posts name what they quote: FEP-044f, then what Akkoma, Fedibird and Misskey wrote before it."""

REL = "https://misskey-hub.net/ns#_misskey_quote"
"""What a Link among the tags is for, when it stands for a quote (FEP-e232)."""

LINK_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
MOST_TAGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAuthorization:
    """Whoever wrote `target` agrees to be quoted by `quoting`; both are addresses."""

    id: str
    attributed_to: str
    quoting: str
    target: str


def read_quoted(document: Json) -> str | None:
    """The address of what a post quotes; None for most. An embedded Tombstone is nothing any more."""
    for name in PROPERTIES:
        found = uri(document.get(name))
        if found is not None:
            return found
    for tag in mappings(document.get("tag"), MOST_TAGS):
        if tag.get("type") == "Link" and REL in texts(tag.get("rel"), 10, 200):
            return uri(tag.get("href"))
    return None


def write_quoted(quoted: str | None, stamp: str | None) -> Json:
    """What a post of ours says of what it quotes: for those who know FEP-044f, and for those before it."""
    if quoted is None:
        return {}
    return {
        "quote": quoted,
        "quoteUri": quoted,
        "quoteUrl": quoted,
        "_misskey_quote": quoted,
        "quoteAuthorization": stamp,
    }


def write_quote_link(quoted: str) -> Json:
    """The same as a tag (FEP-e232), named as it stands in the text."""
    return {"type": "Link", "mediaType": LINK_TYPE, "href": quoted, "rel": REL, "name": f"RE: {quoted}"}


def read_quote_authorization(document: Json) -> QuoteAuthorization:
    """A stamp; raises Malformed for one that does not say who agrees to what."""
    id, by = uri(document.get("id")), uri(document.get("attributedTo"))
    quoting, target = uri(document.get("interactingObject")), uri(document.get("interactionTarget"))
    if id is None or by is None or quoting is None or target is None:
        raise Malformed("This authorization does not say who agrees to what.")
    return QuoteAuthorization(id=id, attributed_to=by, quoting=quoting, target=target)


def write_quote_authorization(value: QuoteAuthorization) -> Json:
    """A stamp of ours."""
    return {
        "id": value.id,
        "type": "QuoteAuthorization",
        "attributedTo": value.attributed_to,
        "interactingObject": value.quoting,
        "interactionTarget": value.target,
    }
