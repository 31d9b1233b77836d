"""Hypothesis strategies that know the structure: real documents, changed in a few places by what should not be there.

`DECLIC_FUZZ` is how many examples each test tries; unset, a few, always the same ones, so that a run is repeatable.
"""

import copy
import json
import operator
import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.payloads import OTHERS, OURS, load_json

LONG = os.environ.get("DECLIC_FUZZ")

Path = tuple[str | int, ...]

HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


QUICK = (Phase.explicit, Phase.generate)
"""What fails is not made smaller where one example takes seconds."""


def fuzz(examples: int, *, share: int = 1, shrink: bool = True) -> settings:
    """So many examples, the same each time; with DECLIC_FUZZ that many others, or one `share` of them."""
    phases = tuple(Phase) if shrink else QUICK
    if LONG is not None:
        count = max(int(LONG) // share, examples)
        return settings(max_examples=count, deadline=None, suppress_health_check=HEALTH, phases=phases)
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=HEALTH,
        phases=phases,
    )


WORDS = [
    "id", "type", "actor", "object", "to", "cc", "bto", "audience", "content", "contentMap", "name", "summary", "tag",
    "attachment", "inReplyTo", "published", "updated", "url", "href", "mediaType", "attributedTo", "publicKey",
    "publicKeyPem", "owner", "inbox", "endpoints", "preferredUsername", "icon", "location", "latitude", "target",
    "publishes", "resourceQuantity", "hasNumericalValue", "reciprocal", "purpose", "proposalStatus", "endTime",
    "startTime", "flohmarkt:data", "price", "repair", "signature", "proof", "@context", "@id", "@type", "@graph",
    "@value", "@list", "@reverse", "alsoKnownAs", "movedTo", "orderedItems", "items", "first", "next", "oneOf",
    "assertionMethod", "publicKeyMultibase", "controller", "followers", "focalPoint", "blurhash", "width", "mentions",
]  # fmt: skip

NASTY: list[Any] = [
    None, True, False, 0, -1, 2**31, 2**63, -(2**63), 1e308, -0.0, 0.1, "", " ", "\0", "a\0b", "\u202e", "x" * 3000,
    "\ud7ff", "é", "½", "²", "٣", "https://", "http://a", "https://a.example", "https://[::1", "https://a:99999/",
    "javascript:1", "acct:a@b", "#", "as:Public", "https://www.w3.org/ns/activitystreams#Public", "Create", "Note",
    "Tombstone", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "P1Y", "-P1D",
    "PT" + "9" * 40 + "S", "1e999", "NaN", "-1", "9" * 400, "<p>" * 500, "<![CDATA[", "&#0;", "&#x110000;", "{{x}}",
    [], [[]], [None], {}, {"": ""}, {"id": None}, {"@value": None}, {"@value": []}, {"type": []}, {"type": [None, 7]},
    {"id": {"id": {}}}, ["a"] * 50, [{"type": "Mention"}], {"a": {"b": {"c": {"d": {"e": {}}}}}},
]  # fmt: skip


def list_paths(value: Any, path: Path = ()) -> list[Path]:
    """Where something stands in a document, at every depth."""
    found = [path] if path else []
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        found += list_paths(member, (*path, key))
    return found


def _find(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _rename(parent: Any, key: Any, word: str) -> None:
    if isinstance(parent, dict):
        parent[word] = parent.pop(key)


def _add(parent: Any, word: str, junk: Any) -> None:
    if isinstance(parent, dict):
        parent[word] = junk


def mutate(document: dict[str, Any], how: str, choice: int, junk: Any, word: str) -> None:
    """Change one place of a document."""
    paths = list_paths(document)
    if not paths:
        return
    path, other = paths[choice % len(paths)], paths[(choice * 7 + 3) % len(paths)]
    parent, key = _find(document, path[:-1]), path[-1]
    here, there = parent[key], _find(document, other)
    changes: dict[str, Callable[[], Any]] = {
        "replace": lambda: operator.setitem(parent, key, copy.deepcopy(junk)),
        "remove": lambda: operator.delitem(parent, key),
        "wrap": lambda: operator.setitem(parent, key, [here]),
        "repeat": lambda: operator.setitem(parent, key, [copy.deepcopy(here) for _ in range(40)]),
        "nest": lambda: operator.setitem(parent, key, {word: here}),
        "exchange": lambda: operator.setitem(parent, key, copy.deepcopy(there)),
        "move": lambda: _rename(parent, key, word),
        "add": lambda: _add(parent, word, copy.deepcopy(junk)),
    }
    changes[how]()


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["replace", "remove", "wrap", "repeat", "nest", "move", "exchange", "add"]),
        st.integers(0, 10_000),
        st.one_of(
            st.sampled_from(NASTY),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(),
        ),
        st.sampled_from(WORDS),
    ),
    min_size=1,
    max_size=4,
)


def change(document: dict[str, Any], mutations: list[tuple[str, int, Any, str]]) -> dict[str, Any]:
    """A copy of the document with all these changes."""
    changed = copy.deepcopy(document)
    for how, choice, junk, word in mutations:
        mutate(changed, how, choice, junk, word)
    return changed


def move_to(document: dict[str, Any], home: str) -> dict[str, Any]:
    """A real document as if everything in it lived under `home`: its author is whoever lives there."""
    actor = document.get("actor") or document.get("attributedTo") or document.get("id")
    if isinstance(actor, list):
        actor = actor[0]
    if isinstance(actor, dict):
        actor = actor.get("id")
    if not isinstance(actor, str):
        return document
    origin = "/".join(actor.split("/")[:3])
    written = json.dumps(document).replace(json.dumps(actor)[1:-1], home)
    moved: dict[str, Any] = json.loads(written.replace(json.dumps(origin)[1:-1], "/".join(home.split("/")[:3])))
    return moved


DOCUMENTS = st.sampled_from([*OTHERS, *OURS])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A real document, changed."""
    return change(load_json(draw(DOCUMENTS)), draw(MUTATIONS))
