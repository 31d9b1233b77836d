"""Two versions on two copies of one sample, side by side: each migrated and served by its own `declic`."""

import asyncio
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import asyncpg

from tests.recorded.browser import Answer, Browser, Pairs, fill, sign
from tests.recorded.normalize import Normalizer, Words
from tests.recorded.script import Request, put_in
from tests.recorded.trees import CommandFailed, Tree, wait_until_ready
from tests.samples.databases.neighbour import KEY_ID, SMTP_PORT
from tests.samples.databases.restoring import Sample, restore

DOCUMENT = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

FORM = "application/x-www-form-urlencoded"

COOKIE = "le-biscuit-des-formulaires-de-quelqu-un-sans-compte"
"""Of a visitor's forms: drawn by lot otherwise, and then so is the token in each of them."""


@dataclass(slots=True, kw_only=True)
class Side:
    """One of the two servers; `values` are what its answers told so far, `sent` is what was sent last."""

    tree: Tree
    sample: Sample
    settings: dict[str, str]
    normalizer: Normalizer
    log: Path
    values: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    sent: tuple[bytes, str] = (b"", "")

    def ask(self, request: Request) -> Answer:
        """The answer to one request of the list."""
        browser, path = self.find_browser(request.role), put_in(request.address, self.values)
        try:
            body, kind = self.sent = self.sent if request.again else self.write_body(browser, request, path)
        except LookupError as error:
            return Answer(status=0, headers=[("Content-Type", "text/plain")], body=str(error).encode())
        headers = {name: put_in(value, self.values) for name, value in request.headers.items()}
        if kind:
            headers["Content-Type"] = kind
        if request.role == "emile":
            pem = self.sample.kept["neighbour"]["private_key"]
            headers |= sign(pem, KEY_ID, request.method, path, browser.host, body)
        answer = browser.ask(request.method, path, body, headers)
        self.keep(request, answer)
        return answer

    def know(self, found: dict[str, str]) -> None:
        """What the sample has kept, and what stands in its dump. Raises CommandFailed for what does not."""
        kept = self.sample.kept
        self.values = {name: text for name, text in kept.items() if isinstance(text, str)}
        self.values |= {f"link_{name}": path for name, path in kept["links"].items()}
        self.values |= {f"thread_{number}": path for number, path in enumerate(kept["threads"])}
        self.values |= {f"{name}_path": urlsplit(kept[name]).path for name in ("listing", "note", "maryse")}
        for days in (10, 12):
            self.values[f"in_{days}_days"] = (self.normalizer.started + timedelta(days=days)).date().isoformat()
        for name, pattern in found.items():
            seen = re.search(put_in(pattern, self.values), self.normalizer.old)
            if seen is None:
                raise CommandFailed(f"nothing in the sample looks like {name}: {pattern}")
            self.values[name] = seen[1]

    def write_body(self, browser: Browser, request: Request, path: str) -> tuple[bytes, str]:
        """What is sent, and its type."""
        if request.json:
            kind = "application/activity+json" if request.role == "emile" else "application/json"
            return put_in(request.json, self.values).encode(), kind
        pairs = [(name, put_in(value, self.values)) for name, value in request.fields]
        if request.form:
            pairs = self.take_form(browser, put_in(request.form, self.values), path, pairs)
        return (urlencode(pairs).encode(), FORM) if pairs else (b"", "")

    def take_form(self, browser: Browser, page: str, path: str, pairs: Pairs) -> Pairs:
        """The form of a page as it stands, but for what is changed. Raises LookupError where it is not there."""
        return fill(browser.get(page), path, dict(pairs))

    def keep(self, request: Request, answer: Answer) -> None:
        """What later requests need of this answer."""
        said = f"{answer.header('Location')}\n{answer.text}"
        for name, pattern in request.kept.items():
            found = re.search(pattern, said)
            if found:
                self.values[name] = found[1]

    def find_browser(self, role: str) -> Browser:
        """Whoever asks, always with the same cookies or token."""
        if role not in self.browsers:
            address, _, port = self.settings["listen"].rpartition(":")
            host = urlsplit(self.settings["url"]).netloc
            headers = {"X-Request-Id": "recorded", "Accept-Language": "fr"}
            browser = Browser(listen=(address, int(port)), host=host, headers=headers | self.headers_of(role))
            cookie = "declic_" + re.sub(r"[^a-z0-9]+", "_", host)
            browser.cookies = dict(self.sample.kept["cookies"].get(role, {f"{cookie}_form": COOKIE}))
            if browser.headers["Accept"] != "text/html":
                browser.cookies = {}
            self.browsers[role] = browser
        return self.browsers[role]

    def headers_of(self, role: str) -> dict[str, str]:
        """`app` is Maryse's app, `app:nadia` that of somebody else, `server` and `emile` ask for documents, all others
        are at a browser."""
        if role in {"server", "emile"}:
            return {"Accept": DOCUMENT}
        if role.startswith("app"):
            _, _, name = role.partition(":")
            token = self.sample.kept["tokens"][name] if name else self.sample.kept["app"]["token"]
            return {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        return {"Accept": "application/json" if role == "anybody" else "text/html"}


@contextmanager
def running_sides(
    server: str, sample: Sample, trees: tuple[Tree, Tree], folder: Path, words: Words, lines: bool
) -> Iterator[tuple[Side, Side]]:
    """Both servers, ready to be asked; nobody works behind them yet. `words` were renamed between
    the two; `lines` tells that the lines of pages may end elsewhere."""
    started = datetime.now(UTC)
    names = [f"declic_recorded_{secrets.token_hex(4)}" for _ in trees]
    asyncio.run(make_databases(server, sample, names))
    old = sample.dump
    with ExitStack() as stack:
        stack.callback(lambda: asyncio.run(drop_databases(server, names)))
        sides = []
        for number, (tree, name) in enumerate(zip(trees, names, strict=True)):
            settings = make_settings(sample, with_database(server, name), folder / str(number))
            side = Side(
                tree=tree,
                sample=sample,
                settings=settings,
                normalizer=Normalizer(
                    started=started,
                    old=old,
                    words=words,
                    lines=lines,
                    rewritten=lines or bool(words),
                ),
                log=folder / f"{number}.log",
            )
            tree.declic(settings, "migrate")
            process = stack.enter_context(tree.running(settings, "serve", "--no-worker", log=side.log))
            wait_until_ready(side.find_browser("anybody"), process, side.log)
            sides.append(side)
        yield sides[0], sides[1]


def make_settings(sample: Sample, database: str, data: Path) -> dict[str, str]:
    """How a side runs: under the address that the sample has always had, wherever it listens."""
    data.mkdir(mode=0o755)
    return {
        "url": sample.kept["url"],
        "listen": f"127.0.0.1:{find_port()}",
        "data": str(data),
        "database_url": database,
        "smtp_url": f"smtp://127.0.0.1:{SMTP_PORT}",
        "rate_limit": "0",
        "test_federation": "on",
        "log_level": "warning",
    }


def find_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def with_database(server: str, name: str) -> str:
    """The address of a database of this server."""
    base, _, query = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


async def make_databases(server: str, sample: Sample, names: list[str]) -> None:
    """The sample restored, as often as there are names, at one moment."""
    admin, first = await asyncpg.connect(server), names[0]
    await admin.execute(f"CREATE DATABASE {first}")
    await restore(with_database(server, first), sample)
    for name in names[1:]:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {first}")
    await admin.close()


async def drop_databases(server: str, names: list[str]) -> None:
    """Leave nothing behind."""
    admin = await asyncpg.connect(server)
    for name in names:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()
