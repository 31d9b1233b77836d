"""One walk over a document before it is read: how deep it is, which words it uses, and whether plain reading will do.

Plain reading takes words at face value. That is right unless an inline context gives the words of ActivityStreams
another meaning, or gives their meanings other words, or values stand in expanded or prefixed form.
"""

import re
from functools import lru_cache
from typing import Any

from federation.errors import Malformed
from federation.json.fields import Json
from federation.json.jsonld_terms import ACTIVITYSTREAMS, PREFIXES

MAX_DEPTH = 32

AS = f"{ACTIVITYSTREAMS}#"
SEC = "https://w3id.org/security#"

REFUSED = frozenset({"@graph", "@included", "@nest", "@reverse"})
"""Keywords that let a document say something else than it seems to (B-31)."""

REARRANGED = frozenset({"@included", "@reverse"})
"""Those that are left after compaction, where a context inside a definition gave them a name."""

EXPANDED = frozenset({"@id", "@type"})

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


def read_structure(document: Json) -> tuple[set[str], list[Any]]:
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
    _require_shallow(contexts)
    return words, contexts


def _require_shallow(level: list[Any]) -> None:
    """Contexts are not searched for words, but may not be deeper than documents either."""
    for _ in range(MAX_DEPTH):
        members = [member for value in level for member in (value.values() if type(value) is dict else value)]
        level = [member for member in members if type(member) is dict or type(member) is list]
        if not level:
            return
    raise Malformed("This context is nested too deeply.")


def _survey_level(level: list[Any], words: set[str], contexts: list[Any]) -> list[Any]:
    """The objects and lists one level below these."""
    below: list[Any] = []
    for value in level:
        if type(value) is dict:
            _survey_object(value, words, contexts, below)
        else:
            below.extend([member for member in value if type(member) is dict or type(member) is list])
    return below


def _survey_object(value: Json, words: set[str], contexts: list[Any], below: list[Any]) -> None:
    words.update(value)
    if "type" in value:
        kind = value["type"]
        words.update(name for name in (kind if type(kind) is list else [kind]) if type(name) is str)
    for key, member in value.items():
        if type(member) is dict or type(member) is list:
            (contexts if key == "@context" else below).append(member)


def needs_compaction(words: set[str], contexts: list[Any]) -> bool:
    """Whether plain reading could misread a document; raises Malformed for keywords that are refused everywhere."""
    inline = _inline(contexts)
    _require_no_refused(words, inline)
    if not words.isdisjoint(EXPANDED):
        return True
    prefixed = [word for word in words if ":" in word]
    if any(word.startswith(("as:", AS)) for word in prefixed):
        return True
    return any(_renames(terms, words) or _abbreviates(terms, prefixed) for terms in inline)


def _require_no_refused(words: set[str], inline: list[Json]) -> None:
    if not words.isdisjoint(REFUSED) or any(_hides(terms, words) for terms in inline):
        raise Malformed("Documents with @graph, @included, @nest or @reverse are not read here.")


def _hides(terms: Json, words: set[str]) -> bool:
    """Whether an inline context gives a refused keyword another name, or the document uses a word that is `@reverse`.

    Graphs as containers are let pass: the contexts of embedded proofs, which many write out, have them.
    """
    for name, definition in terms.items():
        if isinstance(definition, dict):
            if "@reverse" in definition and name in words:
                return True
            definition = definition.get("@id")
        if isinstance(definition, str) and definition in REFUSED:
            return True
    return False


def _inline(context: Any) -> list[Json]:
    """The objects in a context, or in a list of them."""
    if isinstance(context, dict):
        return [context]
    if isinstance(context, list):
        return [terms for member in context for terms in _inline(member)]
    return []


def _renames(terms: Json, words: set[str]) -> bool:
    """Whether an inline context changes the meaning of words that the document uses."""
    return any(name in words and _is_renamed(name, terms[name], terms) for name in terms)


def _abbreviates(terms: Json, prefixed: list[str]) -> bool:
    """Whether an inline context has a prefix for words that our readers know bare, and the document uses it."""
    return any(terms.get(word.partition(":")[0]) in _ABBREVIATED for word in prefixed)


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
    if len(name) + len(definition) + len(base) > _LONGEST_CACHED:
        return _differs.__wrapped__(name, definition, base)
    return _differs(name, definition, base)


_LONGEST_CACHED = 500


@lru_cache(maxsize=4096)
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
    return base + rest if base else definition
