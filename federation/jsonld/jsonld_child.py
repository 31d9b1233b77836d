"""The child process around pyld and long HTML: a document from stdin, what is made of it to stdout, again and again.

It may be killed at any moment (`jsonld.JsonLdProcessor` does so after two seconds) and it limits its own memory.
Each message is four bytes of length and so much JSON. Nothing else imports pyld: `compaction` and `ld_normal_form` are
loaded here alone, one of them for each process, since pyld remembers contexts by their address.
"""

import resource
import sys
from collections.abc import Callable
from typing import BinaryIO

import orjson
from pyld.jsonld import JsonLdError

from federation.json.fields import Json
from federation.jsonld.compaction import compact_document
from federation.jsonld.ld_normal_form import open_signed
from federation.texts.html_cleaner import clean
from federation.texts.inline_pictures import find_pictures

MEMORY = 512 * 1024 * 1024
"""Address space of the child, in bytes."""


def clean_html(document: Json) -> Json:
    """Others' HTML, cleaned, and the pictures that stood in it."""
    return {"html": clean(document["html"]), "pictures": find_pictures(document["html"])}


WORKS: dict[str, Callable[[Json], Json]] = {"clean": clean_html, "compact": compact_document, "open": open_signed}


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


def main() -> None:
    """Serve until stdin ends, which it does when the parent goes away."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _write_message(sys.stdout.buffer, {"ready": True})
    while (message := _read_message(sys.stdin.buffer)) is not None:
        try:
            answer: Json = {"document": WORKS[message["work"]](message["document"])}
        except MemoryError:
            return
        except (JsonLdError, RecursionError, AttributeError, KeyError, TypeError, ValueError) as error:
            # pyld meets shapes that it does not expect with whatever exception comes.
            answer = {"error": type(error).__name__}
        _write_message(sys.stdout.buffer, answer)


if __name__ == "__main__":
    main()
