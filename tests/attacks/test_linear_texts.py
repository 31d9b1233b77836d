"""Whatever reads what others wrote takes time in proportion to its length: held on half a MiB of what takes longest."""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import thread_time

import pytest

import federation
import inbox
import models
import outbox
import web
from federation.documents.page_links import find_alternate
from federation.documents.parse import decode
from federation.texts import hashtags
from federation.texts.html_cleaner import TAGS, clean, clean_text, from_text, to_text
from federation.texts.inline_pictures import find_pictures
from federation.texts.markup import bound_nesting
from federation.texts.mentions import address_people, strip_mentions
from federation.vocabulary.objects import Note, read_note
from inbox.exchanges.agreements import read_reason
from inbox.posts.translation import read_details, read_new_post
from models.errors import DeclicError
from models.relations.blocking import filter_matching
from outbox.exchanges.plain_language.answers import Names, is_courtesy, read_answer
from tests.attacks.worst import PIECES, repeat
from tests.outbox.sample_people import BOB
from web.server.static_words import drop_dead_links, drop_idle

MIB = 1024 * 1024

LARGE, SMALL, TINY = MIB // 2, MIB // 32, 2048

SLOW = 200e-9
"""Seconds for one byte of a tiny text from which on a quarter of both sizes shows the growth as well."""

GROWTH = 4.0
"""How often longer a byte may take in the large text than in the small one: caches and garbage, not the square (16)."""

LONGEST = 15.0
"""Seconds that so much may take whatever it is."""

NOT_OURS = ("jsonld_child", "picture_child", "film_child", "film_copy", "__main__", "commands", "demo", "migrations")


def read_post(content: str) -> None:
    """What becomes of the text of a post."""
    note = Note(id=f"{BOB.uri}/notes/1", attributed_to=BOB.uri, content=content, name=content, summary=content)
    new = read_new_post(BOB, note, {})
    read_details(note, new.content)


def decode_text(text: str) -> None:
    """A whole document with this text in it."""
    read_note(decode(json.dumps({"id": "https://a.example/1", "type": "Note", "content": text[: MIB // 8]}).encode()))


ADDRESSED = address_people([("a", "a.example", "https://a.example/a", "https://a.example/@a")])

READERS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "bound_nesting": lambda text: bound_nesting(text, TAGS),
    "to_text": to_text,
    "clean_text": lambda text: clean_text(text, len(text)),
    "from_text": lambda text: from_text(text, tag_url=lambda name: f"https://a.example/tags/{name}"),
    "strip_mentions": lambda text: strip_mentions(text, ADDRESSED),
    "strip_mentions in a paragraph": lambda text: strip_mentions("<p>" + text, ADDRESSED),
    "strip_mentions after a name": lambda text: strip_mentions("<p>@a " + text, ADDRESSED),
    "find_pictures": lambda text: find_pictures("<img src=x>" + text),
    "find_alternate": lambda text: find_alternate(text.encode(errors="replace"), "https://a.example/"),
    "drop_dead_links": lambda text: drop_dead_links("<nav></nav>" + text.replace("<a>", "<a></a>")),
    "drop_idle": drop_idle,
    "hashtags.find_names": hashtags.find_names,
    "hashtags.fold": hashtags.fold,
    "filtering.fold": filter_matching.fold,
    "read_reason": read_reason,
    "read_answer": lambda text: read_answer(text, Names()),
    "is_courtesy": lambda text: is_courtesy(text, Names()),
    "read_post": read_post,
    "decode_text": decode_text,
}


def list_patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every regular expression that a module holds."""
    seen: set[str] = set()
    for package in (federation, inbox, outbox, models, web):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if any(part in found.name for part in NOT_OURS):
                continue
            for name, value in list(vars(importlib.import_module(found.name)).items()):
                members = value.items() if isinstance(value, dict) else [("", value)]
                for key, pattern in members:
                    if not isinstance(pattern, re.Pattern) or not isinstance(pattern.pattern, str):
                        continue
                    if pattern.pattern not in seen:
                        seen.add(pattern.pattern)
                        yield f"{name}{f'[{key}]' if key else ''} of {found.name}", pattern


PATTERNS = dict(list_patterns())

SOURCES = {
    f"{package.__name__}.{path.relative_to(folder).with_suffix('').as_posix().replace('/', '.')}": path.read_text()
    for package in (federation, inbox, outbox, models, web)
    for folder in [Path(next(iter(package.__path__)))]
    for path in sorted(folder.rglob("*.py"))
}


SEARCHED = re.compile(r"\b(\w+)(?:\[[^\]]*\])?\.(?:search|sub|subn|findall|finditer|split)\(")


@cache
def list_searched(module: str | None) -> frozenset[str]:
    """The names of what this module, or any, searches for anywhere in a text."""
    return frozenset(SEARCHED.findall(SOURCES[module] if module else "\n".join(SOURCES.values())))


def list_uses(name: str, pattern: re.Pattern[str]) -> list[Callable[[str], object]]:
    """How a pattern is used: at a place, or searched for anywhere in the text."""
    bare, module = re.sub(r"\[.*\]", "", name).split(" of ")
    uses: list[Callable[[str], object]] = [pattern.match, pattern.fullmatch]
    if bare in list_searched(module if bare.startswith("_") else None):
        uses.append(lambda text: pattern.sub("", text))
    return uses


def measure(read: Callable[[str], object], text: str, times: int = 1) -> float:
    """Seconds of the processor, the least of so many tries."""
    taken = []
    for _ in range(times):
        begun = thread_time()
        with suppress(DeclicError):  # refusing is an answer
            read(text)
        taken.append(thread_time() - begun)
    return min(taken)


@cache
def fill_tiny(piece: str) -> str:
    """As much as shows which piece takes longest."""
    return fill(piece, TINY)


def fill(piece: str, size: int) -> str:
    """So many bytes as they travel: of letters that take several there are fewer."""
    return repeat(piece, size * len(piece) // len(piece.encode()))


def require_linear(read: Callable[[str], object], tries: tuple[int, ...] = (1, 2, 4)) -> None:
    """Find the piece that takes longest, and hold a large text of it against a small one."""
    tiny = {piece: measure(read, fill_tiny(piece)) for piece in PIECES}
    worst = max(PIECES, key=lambda piece: tiny[piece])
    part = 4 if tiny[worst] > SLOW * TINY else 1
    floor = 0.002 / SMALL  # below, the clock says little
    few, many = fill(worst, SMALL // part), fill(worst, LARGE // part)
    for times in tries:  # neighbours of this processor make some tries slow, never the growth
        small = measure(read, few, times=2) / (SMALL // part)
        assert small * SMALL < LONGEST / 4, f"{worst!r} takes {small * SMALL:.1f} s already"
        allowed, large = GROWTH * max(small, floor), measure(read, many, times=times) / (LARGE // part)
        if large <= allowed:
            break

    assert large <= allowed, f"{worst!r}: {large * 1e9:.0f} ns a byte, {small * 1e9:.0f} before"
    assert large * LARGE < LONGEST, f"{worst!r} takes {large * LARGE:.1f} s"


@pytest.mark.parametrize("name", READERS)
def test_what_reads_others_texts_is_linear(name: str) -> None:
    require_linear(READERS[name])


@pytest.mark.parametrize("name", PATTERNS)
def test_regular_expressions_are_linear(name: str) -> None:
    for use in list_uses(name, PATTERNS[name]):
        require_linear(use)


def test_a_measure_of_the_square_is_seen() -> None:
    def read_again_and_again(text: str) -> None:
        for _ in range(len(text) // 512):
            text.count("~")

    with pytest.raises(AssertionError, match="ns a byte"):
        require_linear(read_again_and_again, tries=(1,))
