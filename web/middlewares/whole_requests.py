"""What is seen of requests from outside, before aiohttp reads them: whole ones may be answered without it."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a shortcut found out of a request that it does not answer: handed on with it, on the ordinary way.

    `result` is what is to be answered, or the error that is; None where all is still to be done. `spent` says that the
    request was counted already where posts are that prove nothing, and `started` when it came.
    """

    result: object = None
    request_id: str | None = None
    started: float | None = None
    spent: bool = False


NOTHING = Found()

FOUND = web.RequestKey("found", Found)

Shortcut = Callable[[bytes, asyncio.Transport], "Coroutine[Any, Any, bytes | Found] | None"]
"""Asked of what came while nothing else was going on: None, or what answers it, being one whole request.

It ends with the bytes of the answer; or with what it found out, for whoever says it on the ordinary way (`FOUND`).
"""

_BEGINNING = re.compile(rb"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [^ \r\n]+ HTTP/1\.1\r\n")
"""After any other method something else than a request may follow, as after CONNECT."""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n)")


def count_missing(data: bytes) -> int | None:
    """How many bytes of its body are still to come, where this is one request, for all that is seen from outside.

    None where that is not sure: the head is not whole or says more, or something stands behind the body.
    """
    if _BEGINNING.match(data) is None:
        return None
    head, end, body = data.partition(b"\r\n\r\n")
    head = head.lower() + b"\r\n"
    lengths = _LENGTH.findall(head)
    if not end or len(lengths) > 1 or len(lengths) != head.count(b"\r\ncontent-length"):
        return None
    if b"\r\ntransfer-encoding" in head or b"\r\nupgrade:" in head:
        return None
    missing = (int(lengths[0]) if lengths else 0) - len(body)
    return missing if missing >= 0 else None
