"""One walk over a document before it is read: how deep it is, which words it uses, and whether plain reading will do.

Plain reading takes words at face value. That is right unless an inline context gives the words of ActivityStreams
another meaning, or gives their meanings other words, or values stand in expanded or prefixed form.
"""

from typing import Any

from federation.errors import Malformed
from federation.json.fields import Json
from federation.json.inline_contexts import AS, REFUSED, find_inline_terms

MAX_DEPTH = 32

REARRANGED = frozenset({"@included", "@reverse"})
"""Those that are left after compaction, where a context inside a definition gave them a name."""

_NESTED = frozenset({dict, list})

EXPANDED = frozenset({"@id", "@type"})


def read_structure(document: Json) -> tuple[set[str], list[Any]]:
    """All keys and types of a document, and its contexts. Raises Malformed beyond 32 levels (B-33)."""
    words: set[str] = set()
    contexts: list[Any] = []
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if type(value) is dict:
                _survey_object(value, words, contexts, below)
            else:
                below.extend([member for member in value if type(member) in _NESTED])
        if not below:
            _require_shallow(contexts)
            return words, contexts
        level = below
    raise Malformed("This is nested too deeply.")


def _require_shallow(level: list[Any]) -> None:
    """Contexts are not searched for words, but may not be deeper than documents either."""
    for _ in range(MAX_DEPTH):
        members = [member for value in level for member in (value.values() if type(value) is dict else value)]
        level = [member for member in members if type(member) is dict or type(member) is list]
        if not level:
            return
    raise Malformed("This context is nested too deeply.")


def _survey_object(value: Json, words: set[str], contexts: list[Any], below: list[Any]) -> None:
    words.update(value)
    kind = value.get("type")
    if type(kind) is str:
        words.add(kind)
    elif type(kind) is list:
        words.update([name for name in kind if type(name) is str])
    below.extend([member for key, member in value.items() if type(member) in _NESTED and key != "@context"])
    if type(context := value.get("@context")) in _NESTED:
        contexts.append(context)


def needs_compaction(words: set[str], contexts: list[Any]) -> bool:
    """Whether plain reading could misread a document; raises Malformed for keywords that are refused everywhere."""
    terms = find_inline_terms(contexts, words)
    if terms.refused or not (words.isdisjoint(REFUSED) and words.isdisjoint(terms.reversed)):
        raise Malformed("Documents with @graph, @included, @nest or @reverse are not read here.")
    if not (words.isdisjoint(EXPANDED) and words.isdisjoint(terms.renamed)):
        return True
    prefixed = [word for word in words if ":" in word]
    return any(word.startswith(("as:", AS)) or word.partition(":")[0] in terms.abbreviating for word in prefixed)
