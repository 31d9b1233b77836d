"""What the number of a frame looks like, and how it is read from what people type."""

import re

SHORTEST = 5
"""Shorter ones are on too many bikes, and a few questions would find them all."""

LONGEST = 40

SHOWN = 3
"""So many of its last signs stand in what is kept of a question."""

_SEPARATORS = re.compile(r"[\s._/\\()#:*+'’–—-]")

_FRAME_NUMBER = re.compile(f"[A-Z0-9]{{{SHORTEST},{LONGEST}}}")


def read_frame_number(typed: str) -> str:
    """In capitals, without what people put between its parts; other signs stay, so that they can be refused."""
    return _SEPARATORS.sub("", typed).upper()


def is_frame_number(number: str) -> bool:
    """Whether it is one as it is kept and asked for: capitals and digits alone, neither too short nor too long."""
    return _FRAME_NUMBER.fullmatch(number) is not None


def cut_ending(number: str) -> str:
    """What a line keeps of it."""
    return number[-SHOWN:]
