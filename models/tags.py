"""Hashtags as they are compared: without case, accents, spaces, hyphens and apostrophes (decisions.md)."""

import re
import unicodedata

LONGEST = 100

_SEPARATORS = re.compile(r"[\s\-‐‑–—_'’ʼ]+")


def fold_tag(name: str) -> str:
    """A hashtag with or without its #, folded: "#OffreHéninBeaumont" and "offre henin-beaumont" are the same."""
    plain = unicodedata.normalize("NFKD", name.strip().lstrip("#＃").casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _SEPARATORS.sub("", letters)[:LONGEST]
