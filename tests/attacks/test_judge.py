"""The judge itself: it convicts whatever leaves a row, asks somebody, calls elsewhere, is slow or breaks something."""

import socket

import pytest
import structlog

from tests.attacks.ground import Ground
from tests.attacks.judge import Figures, percentile
from tests.stories.peer import activity


@pytest.fixture(autouse=True)
def _off_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done here on purpose is no figure of the attacks."""
    monkeypatch.setattr("tests.attacks.ground.FIGURES", Figures())


async def test_a_row_is_seen(ground: Ground) -> None:
    with pytest.raises(AssertionError, match="favourite"):
        async with ground.judged():
            await ground.door.send(ground.bob, activity(ground.bob, "Like", ground.offer))

    async with ground.judged(rows={"favourite": -1, "notification": -1}):
        await ground.here.instance.pool.execute("DELETE FROM favourite")
        await ground.here.instance.pool.execute("DELETE FROM notification")


async def test_a_request_to_a_peer_is_seen(ground: Ground) -> None:
    _, stranger = await ground.open_stranger()

    with pytest.raises(AssertionError, match="users/mallory"):
        async with ground.judged(rows={"actor": 1, "public_key": 1}):
            await ground.meet(stranger)


async def test_a_call_elsewhere_is_seen_and_goes_nowhere(ground: Ground) -> None:
    with pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        async with ground.judged():
            with socket.socket() as opened, pytest.raises(ConnectionRefusedError):
                opened.connect(("192.0.2.1", 80))


async def test_a_traceback_is_seen(ground: Ground) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        async with ground.judged():
            try:
                raise ZeroDivisionError
            except ZeroDivisionError:
                structlog.get_logger().exception("broken")
    ground.log.entries[:] = [one for one in ground.log.entries if one["event"] != "broken"]


async def test_a_slow_answer_is_seen(ground: Ground) -> None:
    with pytest.raises(AssertionError, match="p99"):
        async with ground.judged(seconds=0.0):
            await ground.door.get(ground.offer)


async def test_memory_is_seen(ground: Ground) -> None:
    with pytest.raises(AssertionError, match="MiB more"):
        async with ground.judged():
            held = b"x" * (80 * 1024 * 1024)
    assert held


async def test_a_bug_behind_the_inbox_is_seen(ground: Ground) -> None:
    sql = """
        INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, error)
        VALUES (1, 'x', '', 'Like', 'x', 'x', '', 'failed', 'KeyError: x')
    """
    with pytest.raises(AssertionError):
        async with ground.judged():
            await ground.here.instance.pool.execute(sql)
    await ground.here.instance.pool.execute("DELETE FROM received WHERE id = 1")


def test_the_99th_of_a_hundred_counts() -> None:
    assert percentile([0.1] * 99 + [5.0]) == 5.0
    assert percentile([0.1] * 200 + [5.0]) == 0.1
    assert percentile([]) == 0.0
