"""A page of the static copy: without what can do nothing any more, and with a line that says what it is."""

import re
from bisect import bisect
from collections.abc import Iterator
from datetime import date
from html import escape

from web.rendering import formats
from web.rendering.i18n import N_
from web.rendering.templating import make_translators

DROPPED = re.compile(
    r"<(form|script|template|dialog)\b|<(aside) class=\"leaving\"|<(section) class=\"block stack\" id=\"repondre\""
)
"""How what does not go into the copy begins; it goes to its end. Nobody answers any more."""

HREF = re.compile(r"\shref=\"([^\"]*)\"")

CLASS = re.compile(r"\sclass=\"([^\"]*)\"")

ID = re.compile(r"\sid=\"([^\"]*)\"")

MENU = re.compile(r"<(/?)nav\b")
"""Where a menu begins, or ends."""

GESTURES = frozenset({"button", "primary"})
"""Classes of links that are there to be tapped: without where they lead they are left out, with their words."""


def drop_idle(text: str) -> str:
    """Without what works only where a server answers; one pass, whatever stands in it."""
    kept, position = [], 0
    while (found := DROPPED.search(text, position)) is not None:
        end = text.find(f"</{found[1] or found[2] or found[3]}>", found.end())
        if end < 0:
            break
        kept.append(text[position : found.start()])
        position = text.index(">", end) + 1
    return "".join((*kept, text[position:]))


def drop_dead_links(text: str) -> str:
    """Links that lead nowhere are words, and what was only there to be tapped is not there. One pass."""
    ids = frozenset(ID.findall(text))
    menus = [(found.start(), not found[1]) for found in MENU.finditer(text)]
    kept, position = [], 0
    for begin, opened in _list_links(text):
        tag = text[begin:opened]
        if _leads_somewhere(tag, ids):
            continue
        end = text.find("</a>", opened)
        if end < 0:
            break
        classes = _list_classes(tag)
        kept.append(text[position:begin])
        if not (_is_gesture(tag, classes) or _is_in_menu(menus, begin)):
            kept.append(_write_words(classes, text[opened:end]))
        position = end + len("</a>")
    return "".join((*kept, text[position:]))


def say_copied(text: str, day: date, language: str) -> str:
    """With a line before everything else: whoever comes by years later knows what she reads."""
    translate, _ = make_translators(language)
    words = translate(
        N_(
            "Cette plateforme a fermé. Voici une copie de ce que tout le monde y lisait le %(day)s\u00a0: on n’y "
            "répond plus, et on ne s’y connecte plus."
        )
    ) % {"day": formats.format_day(day, language, today=date.min)}
    label = escape(translate(N_("Une copie")))
    told = f'<aside class="leaving" aria-label="{label}"><p><span>{escape(words)}</span></p></aside>\n'
    before, main, after = text.partition("<main")
    return f"{before}{told}{main}{after}" if main else text


def _list_links(text: str) -> Iterator[tuple[int, int]]:
    """Where the opening tag of each link begins, and where it ends."""
    begin = text.find("<a")
    while begin >= 0:
        opened = text.find(">", begin) + 1
        if not opened:
            return
        if text[begin + 2] in " \n>":
            yield begin, opened
        begin = text.find("<a", opened)


def _leads_somewhere(tag: str, ids: frozenset[str]) -> bool:
    found = HREF.search(tag)
    return found is not None and (not found[1].startswith("#") or found[1][1:] in ids)


def _is_gesture(tag: str, classes: list[str]) -> bool:
    """A button, or a way to report something, which robots are not to follow."""
    return not GESTURES.isdisjoint(classes) or 'rel="nofollow"' in tag


def _list_classes(tag: str) -> list[str]:
    found = CLASS.search(tag)
    return [] if found is None else found[1].split()


def _is_in_menu(menus: list[tuple[int, bool]], place: int) -> bool:
    before = bisect(menus, (place, False))
    return before > 0 and menus[before - 1][1]


def _write_words(classes: list[str], words: str) -> str:
    left = " ".join(name for name in classes if name != "link")
    return f'<span class="{left}">{words}</span>' if left else f"<span>{words}</span>"
