"""The child process around pyld: a document from stdin, what is made of it to stdout, again and again.

It may be killed at any moment (`jsonld.JsonLdProcessor` does so after two seconds) and it limits its own memory.
Each message is four bytes of length and so much JSON. Nothing else imports pyld: `compaction` and `linked_form` are
loaded here alone, one of them for each process, since pyld remembers contexts by their address.
"""

import resource
import sys
from collections.abc import Callable
from typing import BinaryIO

import orjson
from pyld.jsonld import JsonLdError

from federation.compaction import compact_document
from federation.fields import Json
from federation.linked_form import open_signed

MEMORY = 512 * 1024 * 1024
"""Address space of the child, in bytes."""

WORKS: dict[str, Callable[[Json], Json]] = {"compact": compact_document, "open": open_signed}


def _read_message(stream: BinaryIO) -> Json | None:
    header = stream.read(4)
    if len(header) < 4:
        return None
    message: Json = orjson.loads(stream.read(int.from_bytes(header, "big")))
    return message


def _write_message(stream: BinaryIO, message: Json) -> None:
    body = orjson.dumps(message)
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def main(name: str) -> None:
    """Serve until stdin ends, which it does when the parent goes away."""
    work = WORKS[name]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _write_message(sys.stdout.buffer, {"ready": True})
    while (document := _read_message(sys.stdin.buffer)) is not None:
        try:
            answer: Json = {"document": work(document)}
        except MemoryError:
            return
        except (JsonLdError, RecursionError, AttributeError, KeyError, TypeError, ValueError) as error:
            # pyld meets shapes that it does not expect with whatever exception comes.
            answer = {"error": type(error).__name__}
        _write_message(sys.stdout.buffer, answer)


if __name__ == "__main__":
    main(sys.argv[1])
