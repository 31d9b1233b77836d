"""How much of one request is there is seen from outside, and nothing is guessed."""

import pytest

from web.middlewares.whole_requests import count_missing

HEAD = b"POST / HTTP/1.1\r\nHost: a.test\r\n"


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", 0),
        (HEAD + b"Content-Length: 3\r\n\r\nabc", 0),
        (HEAD + b"content-length:\t3 \r\n\r\nabc", 0),
        (b"GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade-Insecure-Requests: 1\r\n\r\n", 0),
        (HEAD + b"Content-Length: 3\r\n\r\nab", 1),
        (HEAD + b"Content-Length: 300000\r\n\r\n", 300_000),
        (HEAD + b"Content-Length: 3\r\n\r\nabcd", None),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", None),
        (HEAD + b"Content-Length: -3\r\n\r\nabc", None),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", None),
        (HEAD + b"Content-Length: 0000000000003\r\n\r\n", None),
        (HEAD + b"uPgrade: websocket\r\n\r\n", None),
        (b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n", None),
        (b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nGET", None),
        (b"BREW / HTTP/1.1\r\nHost: a.test\r\n\r\n", None),
        (b"GET / HTTP/1.0\r\nHost: a.test\r\n\r\n", None),
        (b"PRI * HTTP/2.0\r\n\r\n", None),
        (b"GET / HTTP/1.1\nContent-Length: 3\r\n\r\n", None),
        (b"\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: a.test\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\nGET / HTTP/1.1\r\n", None),
        (b"", None),
    ],
)
def test_what_is_missing_of_one_request_is_seen_from_outside(data: bytes, missing: int | None) -> None:
    assert count_missing(data) == missing
