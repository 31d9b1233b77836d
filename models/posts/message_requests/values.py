"""What strangers wrote to our people, as it waits; how much of it may (B-57)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MOST_OF_ONE = 20
"""So many messages of one person wait at most, of one registrable domain, and of all: what comes above is left alone
(B-38)."""

MOST_OF_HOST = 1000

MOST = 20_000

LONGEST = 64 * 1024
"""So many bytes an activity that is kept may have: twenty thousand of them fit on any disk."""

KEPT_DAYS = 30
"""So long it waits, and so long whoever was sent away is not heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """Something for these readers; `named` says how each is: named in it, addressed by it, or (None) only answered.

    `text` and `warning` are plain. `files` are what hangs on it: type and description. `about_id` is what it answers.
    """

    author_id: int
    uri: str
    url: str
    kind: Literal["note", "offer"]
    private: bool
    warning: str
    text: str
    files: tuple[tuple[str, str], ...]
    about_id: int | None
    readers: tuple[tuple[int, bool | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One such message, for one reader."""

    id: int
    reader_id: int
    author_id: int
    uri: str
    url: str
    kind: Literal["note", "offer"]
    private: bool
    named: bool | None
    warning: str
    text: str
    file_types: list[str]
    file_words: list[str]
    about_id: int | None
    received_id: int | None
    received_at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Somebody whose messages wait for one reader: how many, since when; `id` is the first one's.

    `on_its_way`: they were let in a moment ago.
    """

    id: int
    author_id: int
    count: int
    first_at: datetime
    last_at: datetime
    on_its_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingServer:
    """A server whose people's messages wait: how many, by and for how many people, and the newest as plain text."""

    host: str
    letters: int
    writers: int
    readers: int
    last_at: datetime
    newest_id: int
    newest: str
    newest_by: str
