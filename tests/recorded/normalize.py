"""What may differ between two answers to one request though nothing changed: each with its reason, and nothing else."""

import gzip
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.recorded.browser import Answer

EPOCH = datetime(1990, 1, 1, tzinfo=UTC)
"""Of our ids: microseconds since then, and twelve bits."""

SLACK = timedelta(seconds=65)
"""Moments are written to the minute in places, and clocks go on between an answer and our look at it."""

ID = re.compile(r"(?<![\d.])[1-9]\d{18}(?!\d)")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")
SECONDS = re.compile(r'(?<="created_at":)\d{10}\b')
STAMP = re.compile(r"\b\d{8}T\d{6}Z\b")

PASSING = frozenset({"date"})
"""Headers that say when, and nothing about what."""

OF_THE_BODY = frozenset({"etag", "content-length"})
"""Headers made of the bytes of the body: compared as long as these are compared as they came."""

SECRETS = (
    re.compile(r'(?<=name="csrf_token" value=")[^"]+'),
    re.compile(r"(?<=[?&]code=)[\w-]{40,}"),
    re.compile(r'(?<="access_token":")[^"]+'),
    re.compile(r'(?<="refresh_token":")[^"]+'),
    re.compile(r'(?<="client_id":")[^"]+'),
    re.compile(r'(?<="client_secret":")[^"]+'),
    re.compile(r"(?<=/lien/)[\w-]{40,}"),
    re.compile(r"(?<=/a/)[0-9A-Za-z]{9,13}"),
    re.compile(r"(?<==)[\w-]{43}(?=; )"),
)
"""What is drawn by lot each time: tokens of forms, of apps and of sessions, links that act once.

So are the short addresses of listings, which are their ids in another spelling.
"""

QR_CODE = re.compile(r"<g transform=\"scale\(\d+\)\">.*?</g>")
"""Drawings of an address, on pages that name one that was drawn by lot."""

KEPT = re.compile(r"(<(pre|textarea|script|style)\b[^>]*>)(.*?</\2>)", re.DOTALL)
"""What of a page is read with the lines that it has."""

TAG = re.compile(r"<[^<>]*>")

AROUND_BLOCKS = re.compile(
    r" ?(</?(?:article|aside|blockquote|body|br|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head"
    r"|header|hr|html|legend|li|link|main|meta|nav|ol|option|p|script|section|summary|table|tbody|td|textarea|th|thead"
    r"|title|tr|ul)\b[^<>]*>) ?"
)
"""Tags of what begins on a line of its own, or is not shown at all: a space beside one is not shown either."""

WORD = re.compile(r"[\w-]+")

Words = dict[str, dict[str, str]]
"""What was renamed, by a pattern of where it stands: what it was called, and what it is called now. Either is the
same there: a name may be kept in one place and changed in another that looks like it."""

ANYWHERE = r"(?s:.+)"
"""A pattern of all of a text."""

HASH = re.compile(r"(?<=/static/)([\w/.-]+?)\.[0-9a-f]{12}(?=\.\w+)")
"""Addresses of static files have the hash of their content, which another version may write anew."""


@dataclass(slots=True, kw_only=True)
class Normalizer:
    """One of the two servers: `old` is the dump that it began with, in which all stands that was there before.

    With `lines`, a page is told as a browser reads it, to which the end of a line is a space. `rewritten` says that
    words or lines changed on one side at least, and with them the length of what has them.
    """

    started: datetime
    old: str
    words: Words = field(default_factory=dict)
    lines: bool = False
    rewritten: bool = False
    known: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find the ids of before."""
        self.known = {*ID.findall(self.old), *UUID.findall(self.old)}

    def show(self, answer: Answer) -> str:
        """All of an answer as text that shall be the same on both sides."""
        raw = answer.text if is_text(answer) else hashlib.sha256(unpack(answer)).hexdigest()
        if self.lines and answer.header("Content-Type").startswith("text/html"):
            raw = join_lines(raw)
        body = self.clean(raw)
        same = body == raw and not self.rewritten
        lines = [str(answer.status)]
        for name, value in answer.headers:
            if name.lower() in PASSING or (name.lower() in OF_THE_BODY and not same):
                continue
            lines.append(f"{name}: {self.clean(value)}")
        return "\n".join([*lines, "", body])

    def clean(self, text: str) -> str:
        """The text with what is new by its order, what is drawn by lot by its kind, and now as now."""
        text = HASH.sub(r"\1.<hash>", text)
        text = self.hide_secrets(text)
        text = SECONDS.sub(lambda found: self.format_seconds(found[0]), text)
        text = MOMENT.sub(lambda found: self.replace_moment(found[0]), text)
        text = STAMP.sub(lambda found: self.replace_moment(found[0]), text)
        text = ID.sub(lambda found: self.number(found[0], "id"), text)
        text = UUID.sub(lambda found: self.number(found[0], "uuid"), text)
        if "<secret>" in text:
            text = QR_CODE.sub("<QR code>", text)
        return self.translate(text)

    def hide_secrets(self, text: str) -> str:
        """The text without what was drawn by lot in this run, wherever it stands."""
        for pattern in SECRETS:
            self.secrets.update(one for one in pattern.findall(text) if one not in self.old and len(one) > 8)
        for secret in self.secrets:
            text = text.replace(secret, "<secret>")
        return text

    def format_seconds(self, text: str) -> str:
        """A moment of this run, in seconds since 1970."""
        return "<now>" if int(text) >= int(self.started.timestamp()) else text

    def translate(self, text: str) -> str:
        """The text with the words of before in those of now, where they were renamed."""
        for place, renamed in self.words.items():
            text = re.sub(place, partial(rename, renamed), text)
        return text

    def replace_moment(self, text: str) -> str:
        """A moment of this run as `<now>`, one so many hours later as `<now + 72 h>`; any other as it stands.

        What the sample has was moved on to the start of the run, for both servers by the same, and is before it.
        """
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - self.started.replace(
            second=0, microsecond=0
        )
        hours, rest = divmod(since, timedelta(hours=1))
        if hours < 0 or rest > datetime.now(UTC) - self.started + SLACK:
            return text
        return f"<now + {hours} h>" if hours else "<now>"

    def number(self, id: str, kind: str) -> str:
        """An id that was not there before, as the how-manieth new one it is."""
        if id in self.known or (kind == "id" and not self.is_new(int(id))):
            return id
        return self.numbers.setdefault(id, f"<{kind} {len(self.numbers) + 1}>")

    def is_new(self, id: int) -> bool:
        """Whether an id was made in this run."""
        return EPOCH + timedelta(microseconds=id >> 12) >= self.started


def rename(renamed: dict[str, str], found: re.Match[str]) -> str:
    """What was found, each whole word in it by its new name."""
    return WORD.sub(lambda word: renamed.get(word[0], word[0]), found[0])


def join_lines(page: str) -> str:
    """A page without the ends of its lines, but where they are shown: runs of white space are one space to a browser,
    and none before the end of a tag, or at the edges of what begins on a line of its own."""
    joined, end = [], 0
    for kept in KEPT.finditer(page):
        joined += [_join(page[end : kept.start(3)]), kept[3]]
        end = kept.end()
    return "".join([*joined, _join(page[end:])])


def _join(text: str) -> str:
    text = TAG.sub(lambda tag: re.sub(r" (?=/?>$)", "", tag[0]), re.sub(r"\s+", " ", text))
    return AROUND_BLOCKS.sub(r"\1", text)


def is_text(answer: Answer) -> bool:
    """Whether the body is to be read."""
    kind = answer.header("Content-Type")
    return kind.startswith("text/") or any(word in kind for word in ("json", "xml", "javascript", "urlencoded"))


def unpack(answer: Answer) -> bytes:
    """The body, unpacked where it is."""
    return gzip.decompress(answer.body) if answer.header("Content-Encoding") == "gzip" else answer.body
