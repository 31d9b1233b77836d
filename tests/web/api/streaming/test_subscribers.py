"""One connection: what waits for it is bounded, comes out in order, and ends with a word."""

from typing import cast

import pytest

from models.access.tokens import Token
from web.api.streaming import subscribers
from web.api.streaming.messages import Message
from web.api.streaming.streams import Stream
from web.api.streaming.subscribers import Subscriber

PUBLIC = Stream("public")


def watch(cut: list[bool]) -> Subscriber:
    """Somebody who watches the public stream; `cut` gets a word when the connection is cut off."""
    subscriber = Subscriber(
        cast(Token, None), "192.0.2.1", lambda message, _: message.for_events(), lambda: cut.append(True)
    )
    subscriber.streams[PUBLIC] = ("public",)
    return subscriber


MESSAGES = [Message("update", str(number).encode()) for number in range(6)]


def offer(subscriber: Subscriber, first: int, last: int) -> list[bytes]:
    """Let these messages be sent; the bytes of them."""
    for message in MESSAGES[first : last + 1]:
        subscriber.offer(PUBLIC, message)
    return [message.for_events() for message in MESSAGES[first : last + 1]]


async def test_as_many_messages_wait_as_are_allowed_and_with_one_more_the_reader_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscribers, "MOST_WAITING", 3)
    cut: list[bool] = []
    patient, slow = watch(cut), watch(cut)

    for first, last in ((0, 2), (3, 5)):
        sent = offer(patient, first, last)
        assert await patient.take() == sent
    offer(slow, 0, 3)

    assert (patient.ended, cut) == (None, [True])
    assert slow.ended == "too slow"
    assert await slow.take() is None, "nothing of it is sent any more"


async def test_at_the_end_what_waits_is_still_sent_and_nothing_comes_after_it() -> None:
    subscriber = watch([])
    waiting = offer(subscriber, 0, 0)

    subscriber.end("stopped")
    subscriber.end("again")
    offer(subscriber, 1, 1)

    assert subscriber.ended == "stopped"
    assert [await subscriber.take(), await subscriber.take()] == [waiting, None]


async def test_where_nothing_happens_a_reader_hears_that_nothing_did() -> None:
    assert await watch([]).take(0.001) == []
