"""Every request of the list put to both servers at the same moment, and what their answers differ in."""

import difflib
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from tests.recorded.browser import Answer
from tests.recorded.normalize import OF_THE_BODY
from tests.recorded.script import Request, Script
from tests.recorded.sides import Side

SECONDS = 60
"""How long work behind the pages may take until an answer shows it."""

LONGEST = 400
"""Characters of a line of a difference that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One request, the two statuses, and the difference: nothing where both answers are the same."""

    request: Request
    statuses: tuple[int, int]
    difference: str


def compare(script: Script, sides: tuple[Side, Side]) -> Iterator[Compared]:
    """Ask everything, in the order of the list."""
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(2))
        for request in script.requests:
            if script.work and request.number == script.work + 1:
                for side in sides:
                    stack.enter_context(side.tree.running(side.settings, "worker", log=side.log))
            yield ask_both(threads, request, sides)


def ask_both(threads: ThreadPoolExecutor, request: Request, sides: tuple[Side, Side]) -> Compared:
    """One request. What is only read is asked for once more if the answers differ: a minute may have passed between
    the two, and ages are told in minutes."""
    numbers = [dict(side.normalizer.numbers) for side in sides]
    compared = ask_once(threads, request, sides)
    if compared.difference and request.method == "GET":
        for side, known in zip(sides, numbers, strict=True):
            side.normalizer.numbers = known
        compared = ask_once(threads, request, sides)
    return compared


def ask_once(threads: ThreadPoolExecutor, request: Request, sides: tuple[Side, Side]) -> Compared:
    """Both at the same moment."""
    before, after = threads.map(lambda side: ask_until(side, request), sides)
    shown = [show(side, answer, request) for side, answer in zip(sides, (before, after), strict=True)]
    difference = "" if shown[0] == shown[1] else "\n".join(list_differences(shown[0], shown[1]))
    return Compared(request=request, statuses=(before.status, after.status), difference=difference)


def ask_until(side: Side, request: Request) -> Answer:
    """The answer; where the list says what it shall tell in the end, the first that does, or the last one."""
    end = time.monotonic() + SECONDS
    while True:
        answer = side.ask(request)
        if request.until in answer.text or time.monotonic() > end:
            return answer
        time.sleep(0.5)


def show(side: Side, answer: Answer, request: Request) -> str:
    """What is compared."""
    if request.loose:
        return str(answer.status)
    if request.ignored or request.method == "HEAD":  # whose headers are made of a body that is not there to be read
        body = re.sub(request.ignored, "<ignored>", answer.text).encode() if request.ignored else b""
        headers = [one for one in answer.headers if one[0].lower() not in OF_THE_BODY]
        answer = replace(answer, body=body, headers=headers)
    return side.normalizer.show(answer)


def list_differences(before: str, after: str) -> Iterator[str]:
    """A unified diff, of JSON line by line."""
    texts = [lay_out(text).splitlines() for text in (before, after)]
    for line in difflib.unified_diff(texts[0], texts[1], "before", "after", lineterm="", n=1):
        yield line[:LONGEST]


def lay_out(text: str) -> str:
    """An answer with its JSON spread over lines, and a page without any line by its tags."""
    head, _, body = text.partition("\n\n")
    if body.startswith("<!") and body.count("\n") < body.count("<") / 2:
        return f"{head}\n\n{body.replace('<', chr(10) + '<')}"
    try:
        return f"{head}\n\n{json.dumps(json.loads(body), indent=1, ensure_ascii=False)}"
    except ValueError:
        return text
