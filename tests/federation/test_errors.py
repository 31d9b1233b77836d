"""Causes and their sentences."""

import errno
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from federation.errors import Cause, FetchFailed, Step, describe
from federation.http_client.address_guard import PrivateAddress
from federation.http_client.causes import may_pass, read_exception, read_retry_after, read_status

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_is_a_sentence_about_a_host(cause: Cause) -> None:
    sentence = describe(cause, "henin.test")

    assert "henin.test" in sentence and sentence.endswith(".")


def test_steps_are_those_that_people_are_told_about() -> None:
    assert {step.value for step in Step} == {"address", "name", "connection", "webfinger", "actor", "signature"}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (TimeoutError(), Cause.TIMED_OUT),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), Cause.CONNECTION_REFUSED),
        (OSError(errno.ENETUNREACH, "unreachable"), Cause.UNREACHABLE),
        (OSError(errno.EHOSTUNREACH, "unreachable"), Cause.UNREACHABLE),
        (OSError(errno.ETIMEDOUT, "timed out"), Cause.TIMED_OUT),
        (OSError(errno.ECONNREFUSED, "Multiple exceptions"), Cause.CONNECTION_REFUSED),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), Cause.NAME_NOT_FOUND),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Cause.NAME_UNANSWERED),
        (PrivateAddress("x"), Cause.PRIVATE_ADDRESS),
        (ssl.SSLError(1, "x"), Cause.TLS),
        (aiohttp.ServerDisconnectedError(), Cause.CONNECTION_LOST),
        (aiohttp.ClientPayloadError(), Cause.CONNECTION_LOST),
        (aiohttp.SocketTimeoutError(), Cause.TIMED_OUT),
        (aiohttp.InvalidURL("x"), Cause.BAD_ADDRESS),
        (FetchFailed(Cause.GONE, "x"), Cause.GONE),
    ],
)
def test_exceptions_have_a_cause(error: Exception, cause: Cause) -> None:
    assert read_exception(error) is cause


@pytest.mark.parametrize(
    ("status", "cause", "passing"),
    [
        (301, Cause.REDIRECT, False), (400, Cause.REFUSED, False), (401, Cause.SIGNATURE_REFUSED, True),
        (403, Cause.FORBIDDEN, False), (404, Cause.NOT_FOUND, False), (408, Cause.TIMED_OUT, True),
        (410, Cause.GONE, False), (413, Cause.REFUSED, False), (425, Cause.REFUSED, True),
        (429, Cause.TOO_MANY_REQUESTS, True), (500, Cause.SERVER_ERROR, True), (503, Cause.SERVER_ERROR, True),
    ],
)  # fmt: skip
def test_ht05_answers_have_a_cause_that_may_pass_or_not(status: int, cause: Cause, passing: bool) -> None:
    assert read_status(status, {}, NOW) is cause
    assert may_pass(cause, status) is passing


@pytest.mark.parametrize(("minutes", "cause"), [(4, Cause.SIGNATURE_REFUSED), (6, Cause.CLOCK), (-90, Cause.CLOCK)])
def test_d11_a_refusal_from_another_time_is_about_the_clock(minutes: int, cause: Cause) -> None:
    date = format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)

    assert read_status(401, {"Date": date}, NOW) is cause


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), ("0", 0), ("99999999999", 604_800), ("Tue, 24 Nov 2026 12:01:00 GMT", 60),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0), ("Tue, 24 Nov 2026 12:01:00 -0000", 60), ("soon", None), ("", None),
        ("-5", None), ("²", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_a_date(text: str, seconds: int | None) -> None:
    assert read_retry_after({"Retry-After": text}, NOW) == seconds
