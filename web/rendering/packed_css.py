"""Style sheets as they are sent: the same rules without the comments and the spaces of those who write them."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<kept>
        "(?:[^"\\]|\\.)*(?:"|(?P<open_double>\Z)) | '(?:[^'\\]|\\.)*(?:'|(?P<open_single>\Z))
        | url\([^)]*(?:\)|(?P<open_url>\Z)) | /\*!.*?(?:\*/|(?P<open_licence>\Z))
    )
    | (?P<dropped>/\*.*?(?:\*/|(?P<open_comment>\Z))|\s+)
    | (?P<mark>[{};,>:])
    | (?P<word>(?:(?!/\*|url\()[^\s"'{};,>:])+)
    """,
    re.VERBOSE | re.DOTALL,
)

_OPEN = ("open_double", "open_single", "open_url", "open_licence", "open_comment")
"""What goes on to the end of the text is found once, and not again from each of its places."""

TIGHT_BEFORE = frozenset("{};,>")
"""Marks that need no space before them. A colon may: `.a :is(b)` is not `.a:is(b)`."""

TIGHT_AFTER = frozenset("{};,>:")


def pack(css: str) -> str:
    """The same style sheet, shorter. Strings, addresses and comments that begin with `/*!` stay as they are.

    Raises ValueError for a string or a comment without its end.
    """
    packed: list[str] = []
    for text, spaced in _list_tokens(css):
        if spaced and packed and packed[-1] not in TIGHT_AFTER and text not in TIGHT_BEFORE:
            packed.append(" ")
        if text == "}" and packed and packed[-1] == ";":
            packed.pop()
        packed.append(text)
    return "".join(packed)


def _list_tokens(css: str) -> Iterator[tuple[str, bool]]:
    """What is kept, and whether something that is dropped stood before it."""
    spaced, end = False, 0
    for token in _TOKEN.finditer(css):
        if token.start() != end or any(token[name] is not None for name in _OPEN):
            break
        end = token.end()
        if token.lastgroup != "dropped":
            yield token.group(), spaced
        spaced = token.lastgroup == "dropped"
    if end != len(css):
        raise ValueError(f"not a style sheet from character {end} on")
