"""What may differ between two answers to one request though nothing changed: each with its reason, and nothing else."""

import gzip
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

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

HASH = re.compile(r"(?<=/static/)([\w/.-]+?)\.[0-9a-f]{12}(?=\.\w+)")
"""Addresses of static files have the hash of their content, which another version may write anew."""


@dataclass(slots=True, kw_only=True)
class Normalizer:
    """One of the two servers: `old` is the dump that it began with, in which all stands that was there before."""

    started: datetime
    old: str
    words: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find the ids of before."""
        self.known = {*ID.findall(self.old), *UUID.findall(self.old)}

    def show(self, answer: Answer) -> str:
        """All of an answer as text that shall be the same on both sides."""
        raw = answer.text if is_text(answer) else hashlib.sha256(unpack(answer)).hexdigest()
        body = self.clean(raw)
        lines = [str(answer.status)]
        for name, value in answer.headers:
            if name.lower() in PASSING or (name.lower() in OF_THE_BODY and body != raw):
                continue
            lines.append(f"{name}: {self.clean(value)}")
        return "\n".join([*lines, "", body])

    def clean(self, text: str) -> str:
        """The text with what is new by its order, what is drawn by lot by its kind, and now as now."""
        text = HASH.sub(r"\1.<hash>", text)
        text = self.hide_secrets(text)
        text = SECONDS.sub(lambda found: self.tell_seconds(found[0]), text)
        text = MOMENT.sub(lambda found: self.tell(found[0]), text)
        text = STAMP.sub(lambda found: self.tell(found[0]), text)
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

    def tell_seconds(self, text: str) -> str:
        """A moment of this run, in seconds since 1970."""
        return "<now>" if int(text) >= int(self.started.timestamp()) else text

    def translate(self, text: str) -> str:
        """The text with the words of before in those of now."""
        for before, after in self.words.items():
            text = re.sub(rf"(?<![\w-]){re.escape(before)}(?![\w-])", after.replace("\\", r"\\"), text)
        return text

    def tell(self, text: str) -> str:
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


def is_text(answer: Answer) -> bool:
    """Whether the body is to be read."""
    kind = answer.header("Content-Type")
    return kind.startswith("text/") or any(word in kind for word in ("json", "xml", "javascript", "urlencoded"))


def unpack(answer: Answer) -> bytes:
    """The body, unpacked where it is."""
    return gzip.decompress(answer.body) if answer.header("Content-Encoding") == "gzip" else answer.body
