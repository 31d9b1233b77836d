"""The list of requests as it is written in `requests.txt`; README.md tells how."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).parent / "requests.txt"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

HEADER = re.compile(r"([A-Z][A-Za-z-]+): (.*)")

FIELD = re.compile(r"([\w\[\]-]+)=(.*)")

DETAILS = {"from": "form", "until": "until", "except": "ignored", "loose": "loose", "again": "again"}

NAMED = re.compile(r"\{(\w+)\}")


class BadScript(Exception):
    """A line of the list is not understood."""


@dataclass(slots=True, kw_only=True)
class Request:
    """One request: who asks for what. `form` is the page whose form is sent, `kept` what later ones need of the answer.

    `until` is what the answer shall say in the end; what looks like `ignored` is not compared, and of a `loose` one
    only the status is. `again` sends what was sent by the request before, as a second tap does.
    """

    number: int
    method: str
    role: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    fields: list[tuple[str, str]] = field(default_factory=list)
    json: str = ""
    form: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    until: str = ""
    ignored: str = ""
    loose: bool = False
    again: bool = False

    @property
    def title(self) -> str:
        """The request in one line."""
        return f"{self.number}. {self.method} {self.address} ({self.role})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All requests in their order; `found` are patterns that are looked for in the dump, `work` is before which request
    the workers begin."""

    requests: list[Request]
    found: dict[str, str]
    work: int


def read_script(file: Path = FILE) -> Script:
    """The list. Raises BadScript."""
    requests: list[Request] = []
    found: dict[str, str] = {}
    work = 0
    for line in read_lines(file):
        first, _, rest = line.strip().partition(" ")
        if line.startswith(" "):
            read_detail(requests[-1], line.strip())
        elif first == "find":
            name, _, pattern = rest.partition(" ")
            found[name] = pattern
        elif first == "work":
            work = len(requests)
        elif first in METHODS:
            role, _, address = rest.partition(" ")
            requests.append(Request(number=len(requests) + 1, method=first, role=role, address=address))
        else:
            raise BadScript(line)
    return Script(requests=requests, found=found, work=work)


def read_lines(file: Path) -> Iterator[str]:
    """Its lines without comments."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def read_detail(request: Request, text: str) -> None:
    """One indented line. Raises BadScript."""
    first, _, rest = text.partition(" ")
    if first == "keep":
        name, _, pattern = rest.partition(" ")
        request.kept[name] = pattern
    elif first in DETAILS:
        setattr(request, DETAILS[first], rest or True)
    elif text.startswith(("{", "[")):
        request.json = text
    else:
        read_sent(request, text)


def read_sent(request: Request, text: str) -> None:
    """A header or a field. Raises BadScript."""
    if header := HEADER.fullmatch(text):
        request.headers[header[1]] = header[2]
    elif given := FIELD.fullmatch(text):
        request.fields.append((given[1], given[2]))
    else:
        raise BadScript(text)


def put_in(text: str, values: dict[str, str]) -> str:
    """The text with what its `{names}` stand for; a name that is not known stays as it is."""
    return NAMED.sub(lambda found: values.get(found[1], found[0]), text)
