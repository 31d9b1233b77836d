"""One walk over a document before it is read: how deep it is, which words it uses, and whether plain reading will do.

Plain reading takes words at face value. That is right unless an inline context gives the words of ActivityStreams
another meaning, or gives their meanings other words, or values stand in expanded or prefixed form (`decisions.md`).
"""

import re
from typing import Any

from federation.errors import Malformed
from federation.fields import Json
from federation.terms import ACTIVITYSTREAMS

MAX_DEPTH = 32

AS = f"{ACTIVITYSTREAMS}#"
SEC = "https://w3id.org/security#"

REFUSED = frozenset({"@graph", "@included", "@nest", "@reverse"})
"""Keywords that let a document say something else than it seems to (B-31)."""

EXPANDED = frozenset({"@id", "@type"})

_AS_WORDS = re.findall(
    r"\w+",
    """
    Accept Activity Add Announce Application Article Audio Block Collection CollectionPage Create Delete
    Document Event Flag Follow Group Image Like Link Mention Move Note Object Offer OrderedCollection
    OrderedCollectionPage Organization Page Person Place Profile Question Reject Relationship Remove Service
    Tombstone Undo Update Video actor alsoKnownAs attachment attributedTo audience cc content contentMap context
    current deleted endTime endpoints first followers following formerType generator href icon image inReplyTo
    items last latitude location longitude manuallyApprovesFollowers mediaType movedTo name nameMap next object
    orderedItems outbox partOf preferredUsername prev preview published radius replies result sensitive
    sharedInbox startTime subject summary summaryMap tag target to totalItems units updated url width height
    """,
)

MEANINGS: dict[str, str] = {
    "id": "@id",
    "type": "@type",
    **{word: AS + word for word in _AS_WORDS},
    **{f"{word}Map": AS + word for word in ("content", "name", "summary")},
    "inbox": "http://www.w3.org/ns/ldp#inbox",
    "orderedItems": AS + "items",
    "publicKey": f"{SEC}publicKey",
    "publicKeyPem": f"{SEC}publicKeyPem",
    "owner": f"{SEC}owner",
}
"""The words whose meaning must not change, and what they mean."""

_KNOWN_MEANINGS = frozenset(MEANINGS.values())
_SAME_WORD = ("http://schema.org/", "http://schema.org#", "https://schema.org/")
"""Mobilizon calls `location` schema.org's; what it says is the same."""

_KNOWN_PREFIXES = {"as": AS, "sec": SEC, "ldp": "http://www.w3.org/ns/ldp#"}


def survey(document: Json) -> tuple[set[str], list[Any]]:
    """All keys and types of a document, and its contexts. Raises Malformed beyond 32 levels (B-33)."""
    words: set[str] = set()
    contexts: list[Any] = []
    level: list[Any] = [document]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Malformed("This is nested too deeply.")
        level = _survey_level(level, words, contexts)
    return words, contexts


def _survey_level(level: list[Any], words: set[str], contexts: list[Any]) -> list[Any]:
    below: list[Any] = []
    for value in level:
        if type(value) is dict:
            words.update(value)
            if "type" in value:
                kind = value["type"]
                words.update(name for name in (kind if type(kind) is list else [kind]) if type(name) is str)
            for key, member in value.items():
                if key == "@context":
                    contexts.append(member)
                elif type(member) is dict or type(member) is list:
                    below.append(member)
        else:
            below.extend([member for member in value if type(member) is dict or type(member) is list])
    return below


def needs_compaction(words: set[str], contexts: list[Any]) -> bool:
    """Whether plain reading could misread a document; raises Malformed for keywords that are refused everywhere."""
    if not words.isdisjoint(REFUSED):
        raise Malformed("Documents with @graph, @included, @nest or @reverse are not read here.")
    if not words.isdisjoint(EXPANDED):
        return True
    prefixed = [word for word in words if ":" in word]
    if any(word.startswith(("as:", AS)) for word in prefixed):
        return True
    for context in contexts:
        for terms in _inline(context, 0):
            if _renames(terms, words) or _abbreviates(terms, prefixed):
                return True
    return False


def _inline(context: Any, depth: int) -> list[Json]:
    """The objects in a context; raises Malformed for one nested deeper than documents may be."""
    if depth > MAX_DEPTH:
        raise Malformed("This context is nested too deeply.")
    if isinstance(context, dict):
        return [context]
    if isinstance(context, list):
        return [terms for member in context for terms in _inline(member, depth + 1)]
    return []


def _renames(terms: Json, words: set[str]) -> bool:
    """Whether an inline context changes the meaning of words that the document uses."""
    return any(name in words and _is_renamed(name, terms[name], terms) for name in terms)


def _abbreviates(terms: Json, prefixed: list[str]) -> bool:
    """Whether an inline context gives ActivityStreams a prefix of its own, which the document uses."""
    return any(terms.get(word.partition(":")[0]) == AS for word in prefixed)


def _is_renamed(name: str, definition: Any, terms: Json) -> bool:
    scoped = isinstance(definition, dict) and "@context" in definition
    meaning = _expand(definition.get("@id", name) if isinstance(definition, dict) else definition, terms)
    expected = MEANINGS.get(name)
    if expected is None:
        # A word of somebody's own for something that we know under another word.
        return scoped or meaning in _KNOWN_MEANINGS
    if scoped or meaning is None:
        return True
    return meaning != expected and meaning not in {prefix + name for prefix in _SAME_WORD}


def _expand(value: Any, terms: Json) -> str | None:
    """A term's meaning as a full address, as far as prefixes of the same context and the usual ones tell."""
    if not isinstance(value, str):
        return None
    prefix, colon, rest = value.partition(":")
    if not colon:
        return MEANINGS.get(value, value)
    if rest.startswith("//"):
        return value
    base = terms.get(prefix, _KNOWN_PREFIXES.get(prefix))
    if isinstance(base, dict):
        base = base.get("@id")
    return base + rest if isinstance(base, str) else value
