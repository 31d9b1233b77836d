"""What is sent down a stream, encoded once for all who get it, and for whom it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from web.api.streaming.streams import Stream

THUMP = b":thump\n"
"""A comment that keeps an idle stream of server-sent events open."""


class Message:
    """An event and its payload: JSON in one line, a bare id, or nothing."""

    __slots__ = ("_event", "_for_events", "_for_sockets", "_payload")

    def __init__(self, event: str, payload: bytes | None) -> None:
        """`payload` is without line breaks."""
        self._event = event
        self._payload = payload
        self._for_events: bytes | None = None
        self._for_sockets: dict[tuple[str, ...], bytes] = {}

    def for_events(self) -> bytes:
        """As a server-sent event; lines end with LF alone, since Mastodon.py knows no CR."""
        if self._for_events is None:
            payload = b"undefined" if self._payload is None else self._payload
            self._for_events = b"event: %b\ndata: %b\n\n" % (self._event.encode(), payload)
        return self._for_events

    def for_socket(self, names: tuple[str, ...]) -> bytes:
        """As a frame of a WebSocket, where the payload is a text and says of which stream it is."""
        if names not in self._for_sockets:
            frame: dict[str, object] = {"stream": names, "event": self._event}
            if self._payload is not None:
                frame["payload"] = self._payload.decode()
            self._for_sockets[names] = orjson.dumps(frame)
        return self._for_sockets[names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message for some streams. People for whom it reads otherwise have their own; some are not to see it at all.

    `for_apps` goes to tokens of no person. `scope` is what a token needs beside that of the stream.
    """

    streams: Iterable[Stream]
    message: Message
    for_apps: Message | None = None
    personal: dict[int, Message] = field(default_factory=dict)
    not_for: frozenset[int] = frozenset()
    scope: str | None = None

    def choose(self, actor_id: int | None) -> Message | None:
        """What this reader gets."""
        if actor_id is None:
            return self.for_apps
        return None if actor_id in self.not_for else self.personal.get(actor_id, self.message)
