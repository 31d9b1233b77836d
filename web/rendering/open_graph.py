"""What other places show of a page whose address somebody shares: its text in a line or two (Open Graph)."""

from federation.texts.html_cleaner import to_text

LONGEST = 200
"""Characters of a description: about what Mastodon's cards and search engines show."""


def shorten(html: str, longest: int = LONGEST) -> str:
    """The text of clean HTML on one line, its paragraphs apart, cut between two words."""
    text = " ".join(line if line[:1] != "-" else line[1:].lstrip() for line in to_text(html).splitlines())
    return cut(text, longest)


def cut(text: str, longest: int) -> str:
    """Plain text on one line, cut between two words."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    kept = text[:longest].rpartition(" ")[0] or text[: longest - 1]
    return f"{kept.rstrip(' ,;:.–—-')}…"
