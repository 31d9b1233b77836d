"""What went wrong with a request, read from exceptions and answers: one `Cause` each, and how long to wait."""

import errno
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from federation.errors import Cause, FetchFailed
from federation.http_client.address_guard import PrivateAddress

CLOCK_TOLERANCE = timedelta(minutes=5)

_LONGEST_WAIT = 7 * 24 * 3600
_LONGEST_CLOCK = 10**9

_VERIFY_CODES = {
    9: Cause.CERTIFICATE_NOT_YET_VALID,
    10: Cause.CERTIFICATE_EXPIRED,
    62: Cause.CERTIFICATE_WRONG_NAME,
    64: Cause.CERTIFICATE_WRONG_NAME,
}
"""OpenSSL's X509_V_ERR_…; all others mean that the certificate leads to nobody who is trusted."""

_STATUSES = {
    400: Cause.REFUSED,
    401: Cause.SIGNATURE_REFUSED,
    403: Cause.FORBIDDEN,
    404: Cause.NOT_FOUND,
    410: Cause.GONE,
    408: Cause.TIMED_OUT,
    429: Cause.TOO_MANY_REQUESTS,
}

_PASSING = frozenset({401, 408, 425, 429})
"""Refusals that may pass, beside all 5xx (HT5)."""

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})

_LASTING = frozenset({Cause.BAD_ADDRESS, Cause.PRIVATE_ADDRESS, Cause.TOO_LARGE, Cause.WRONG_TYPE, Cause.REDIRECT})


def read_exception(error: BaseException) -> Cause:
    """The cause behind whatever the HTTP client raised."""
    if isinstance(error, FetchFailed):
        return error.cause
    inner = _unwrap(error)
    if isinstance(inner, PrivateAddress):
        return Cause.PRIVATE_ADDRESS
    if isinstance(inner, ssl.SSLCertVerificationError):
        return _VERIFY_CODES.get(inner.verify_code, Cause.CERTIFICATE_UNTRUSTED)
    if isinstance(inner, socket.gaierror):
        return Cause.NAME_UNANSWERED if inner.errno == socket.EAI_AGAIN else Cause.NAME_NOT_FOUND
    if isinstance(error, aiohttp.InvalidURL):
        return Cause.BAD_ADDRESS
    if isinstance(inner, TimeoutError):
        return Cause.TIMED_OUT
    if isinstance(inner, ssl.SSLError) or isinstance(error, aiohttp.ClientSSLError):
        return Cause.TLS
    return _read_network_error(inner)


def _unwrap(error: BaseException) -> BaseException:
    """What the client wrapped into an exception of its own, where it did."""
    return getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error


def _read_network_error(error: BaseException) -> Cause:
    number = getattr(error, "errno", None)
    if isinstance(error, ConnectionRefusedError) or number == errno.ECONNREFUSED:
        return Cause.CONNECTION_REFUSED
    if number in _UNREACHABLE:
        return Cause.UNREACHABLE
    if number == errno.ETIMEDOUT:
        return Cause.TIMED_OUT
    return Cause.CONNECTION_LOST


def read_status(status: int, headers: Mapping[str, str], at: datetime) -> Cause:
    """The cause behind an answer that is no success; a refused signature may really be a wrong clock (D11)."""
    if status == 401 and _is_clock_wrong(headers, at):
        return Cause.CLOCK
    if status >= 500:
        return Cause.SERVER_ERROR
    if 300 <= status < 400:
        return Cause.REDIRECT
    return _STATUSES.get(status, Cause.REFUSED)


def may_pass(cause: Cause, status: int | None) -> bool:
    """Whether trying again later may help."""
    if status is not None:
        return status in _PASSING or status >= 500
    return cause not in _LASTING


def read_retry_after(headers: Mapping[str, str], at: datetime) -> int | None:
    """The seconds that `Retry-After` asks for, as a number or a date; a week at most."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), _LONGEST_WAIT)
    moment = _read_date(text)
    if moment is None:
        return None
    return min(max(0, int((moment - at).total_seconds())), _LONGEST_WAIT)


def read_clock(headers: Mapping[str, str], at: datetime) -> int | None:
    """By how many seconds the clock of whoever wrote `Date` is ahead of ours; None where there is none.

    An answer that a cache kept for a while (`Age`) tells what time it was then (RFC 9111 §5.1).
    """
    kept = headers.get("Age", "").strip().strip("0")
    moment = None if kept else _read_date(headers.get("Date", ""))
    return None if moment is None else max(-_LONGEST_CLOCK, min(int((moment - at).total_seconds()), _LONGEST_CLOCK))


def _is_clock_wrong(headers: Mapping[str, str], at: datetime) -> bool:
    clock = read_clock(headers, at)
    return clock is not None and abs(clock) > CLOCK_TOLERANCE.total_seconds()


def _read_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
