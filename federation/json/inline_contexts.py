"""What the inline contexts of a document do to its words: which they rename, abbreviate, or hide a keyword behind.

A server writes the same contexts into everything that it sends, so what was found is kept for as long as it is short.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from federation.json.fields import Json
from federation.json.jsonld_terms import ACTIVITYSTREAMS, PREFIXES

AS = f"{ACTIVITYSTREAMS}#"
SEC = "https://w3id.org/security#"

REFUSED = frozenset({"@graph", "@included", "@nest", "@reverse"})
"""Keywords that let a document say something else than it seems to (B-31)."""

_AS_WORDS = re.findall(
    r"\w+",
    """
    Accept Activity Add Announce Application Article Audio Block Collection CollectionPage Create Delete
    Document duration Event Flag Follow Group Image Like Link Mention Move Note Object Offer OrderedCollection
    OrderedCollectionPage Organization Page Person Place Profile Question Reject Relationship Remove Service
    Tombstone Undo Update Video actor alsoKnownAs attachment attributedTo audience cc content contentMap context
    current deleted endTime endpoints first followers following formerType generator href icon image inReplyTo
    instrument items last latitude location longitude manuallyApprovesFollowers mediaType movedTo name nameMap next
    object orderedItems outbox partOf preferredUsername prev preview published radius replies result sensitive
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

_ABBREVIATED = (AS, *(PREFIXES[prefix] for prefix in ("vf", "om2", "declic")))

_KNOWN_PREFIXES = {"as": AS, "sec": SEC, "ldp": "http://www.w3.org/ns/ldp#"}

_LONGEST_MEANING = max(map(len, _KNOWN_MEANINGS))

_LONGEST_KEPT = 4096
"""Bytes: what was found in longer contexts is not kept."""

_MOST_KEPT = 64
"""So many are kept; anybody may fill them, and what was found takes some ten times as much memory as was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineTerms:
    """The names that contexts define, as far as they matter; `refused` where one gives a refused keyword another name.

    A word in `reversed` says `@reverse`; one in `renamed` has another meaning for us; one that begins with a prefix in
    `abbreviating` our readers know bare.
    """

    refused: bool
    reversed: frozenset[str]
    renamed: frozenset[str]
    abbreviating: frozenset[str]


def find_inline_terms(contexts: list[Any], words: set[str]) -> InlineTerms:
    """What all these contexts of one document define, wherever in it they stand, as far as it uses these words.

    Where they are short, also what it does not use: that is kept for the next one.
    """
    written = orjson.dumps(contexts)
    if len(written) <= _LONGEST_KEPT:
        return _read_kept(written)
    return _read_terms(contexts, words | {word.partition(":")[0] for word in words})


@lru_cache(maxsize=_MOST_KEPT)
def _read_kept(written: bytes) -> InlineTerms:
    return _read_terms(orjson.loads(written), None)


_Defined = tuple[str, Any, Json]
"""A name, what it is defined as, and all that its context defines."""


def _read_terms(contexts: list[Any], used: set[str] | None) -> InlineTerms:
    """Of all names, or of those that are used; a refused keyword has no other name in either case."""
    defined = [(name, definition, terms) for terms in _inline(contexts) for name, definition in terms.items()]
    refused = any(_hides_keyword(definition) for _, definition, _ in defined)
    return _judge(defined if used is None else [one for one in defined if one[0] in used], refused=refused)


def _judge(defined: list[_Defined], *, refused: bool) -> InlineTerms:
    return InlineTerms(
        refused=refused,
        reversed=frozenset(name for name, definition, _ in defined if _is_reversed(definition)),
        renamed=frozenset(name for name, definition, terms in defined if _is_renamed(name, definition, terms)),
        abbreviating=frozenset(name for name, definition, _ in defined if definition in _ABBREVIATED),
    )


def _is_reversed(definition: Any) -> bool:
    return isinstance(definition, dict) and "@reverse" in definition


def _hides_keyword(definition: Any) -> bool:
    """Whether a definition gives a refused keyword another name.

    Graphs as containers are let pass: the contexts of embedded proofs, which many write out, have them.
    """
    meaning = definition.get("@id") if isinstance(definition, dict) else definition
    return isinstance(meaning, str) and meaning in REFUSED


def _inline(context: Any) -> list[Json]:
    """The objects in a context, or in a list of them."""
    if isinstance(context, dict):
        return [context]
    if isinstance(context, list):
        return [terms for member in context for terms in _inline(member)]
    return []


def _is_renamed(name: str, definition: Any, terms: Json) -> bool:
    """Whether a definition gives a word another meaning than it has for us, or a meaning of ours another word."""
    if isinstance(definition, dict):
        if "@context" in definition:
            return True
        definition = definition.get("@id", name)
    if not isinstance(definition, str):
        return name in MEANINGS
    base = terms.get(definition.partition(":")[0])
    if isinstance(base, dict):
        base = base.get("@id")
    base = base if isinstance(base, str) else ""
    return _differs(name, definition, base)


def _differs(name: str, definition: str, base: str) -> bool:
    """The same for a definition as a string; `base` is what its prefix stands for in its own context."""
    meaning = _expand(definition, base)
    expected = MEANINGS.get(name)
    if expected is None:
        return meaning in _KNOWN_MEANINGS
    return meaning != expected and meaning not in {prefix + name for prefix in _SAME_WORD}


def _expand(definition: str, base: str) -> str:
    """A definition as a full address, as far as its prefix is known."""
    prefix, colon, rest = definition.partition(":")
    if not colon:
        return MEANINGS.get(definition, definition)
    if rest.startswith("//"):
        return definition
    base = base or _KNOWN_PREFIXES.get(prefix, "")
    if len(base) > _LONGEST_MEANING:
        return base  # no known meaning begins so; put before each of many names it would be long work
    return base + rest if base else definition
