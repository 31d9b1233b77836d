"""Compare two versions by what they answer: `python -m tests.recorded BEFORE`; README.md tells how."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import click

from models.store.postgres import embedded
from tests.conftest import open_to_all_accounts
from tests.recorded.compare import compare
from tests.recorded.normalize import ANYWHERE, Words
from tests.recorded.script import BadScript, read_script
from tests.recorded.sides import running_sides
from tests.recorded.trees import CommandFailed, checked_out, is_ancestor, open_tree
from tests.samples.databases.neighbour import PORT, SMTP_PORT, Neighbour, running_neighbour
from tests.samples.databases.restoring import list_samples, load_sample


def main() -> int:
    """0 where all answers are the same, 1 where one is not, 2 where they could not be compared."""
    parser = argparse.ArgumentParser(description="Put the recorded requests to two versions, and compare the answers.")
    parser.add_argument("before", help="The commit that the present checkout is compared with.")
    parser.add_argument("--sample", choices=list_samples(), help="The database of both; else the newest that may be.")
    parser.add_argument("--words", type=Path, help="What was renamed: a line each, old, tab, new; and where.")
    parser.add_argument("--lines", action="store_true", help="Lines of pages may end elsewhere now.")
    parser.add_argument("--verbose", action="store_true", help="Tell every request and its status.")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing stays behind, whoever ends it
    try:
        return run(given)
    except (CommandFailed, BadScript) as error:
        click.echo(error, err=True)
        return 2
    except OSError as error:
        click.echo(f"{error.strerror or error}; the ports {PORT} and {SMTP_PORT} have to be free.", err=True)
        return 2


def run(given: argparse.Namespace) -> int:
    """The comparison; what differs is printed as it is found."""
    script, words = read_script(), read_words(given.words)
    sample = load_sample(given.sample or find_newest(given.before))
    emile = sample.kept["neighbour"]
    neighbour = Neighbour(key_pem=emile["private_key"], public_pem=emile["public_key"])
    compared, different, failed = 0, 0, 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="declic-recorded-")))
        folder.chmod(0o755)
        server = stack.enter_context(database_server())
        before = stack.enter_context(checked_out(given.before))
        stack.enter_context(running_neighbour(neighbour))
        trees = before, stack.enter_context(open_tree())
        sides = stack.enter_context(running_sides(server, sample, trees, folder, words, given.lines))
        for side in sides:
            side.know(script.found)
        for one in compare(script, sides):
            compared += 1
            different += bool(one.difference)
            failed += one.statuses[0] >= 400
            if one.difference or given.verbose:
                click.echo(f"{one.request.title} {one.statuses[0]} {one.statuses[1]}")
            if one.difference:
                click.echo(one.difference)
    click.echo(
        f"{compared} requests compared on {sample.name}, {failed} of them refused; {different} answered otherwise."
    )
    return 1 if different else 0


def find_newest(before: str) -> str:
    """The newest sample that is not newer than this version, for none starts on the database of a later one.

    Raises CommandFailed where there is none.
    """
    for name in reversed(list_samples()):
        if is_ancestor(load_sample(name).kept["commit"], before):
            return name
    raise CommandFailed(f"{before} is no commit of this repository, or older than all samples: name one with --sample.")


def read_words(file: Path | None) -> Words:
    """What was renamed, by a pattern of where it stands: that is after a second tab; without one it is anywhere."""
    words: Words = {}
    for line in [] if file is None else file.read_text(encoding="utf-8").splitlines():
        before, now, *place = line.split("\t")
        words.setdefault(place[0] if place else ANYWHERE, {})[before] = now
    return words


@contextmanager
def database_server() -> Iterator[str]:
    """The PostgreSQL that DECLIC_TEST_DATABASE_URL names; without one the embedded one, as tests start theirs."""
    url = os.environ.get("DECLIC_TEST_DATABASE_URL")
    if url is not None:
        yield url
        return
    with TemporaryDirectory(prefix="declic-recorded-") as made, asyncio.Runner() as runner:
        Path(made).chmod(0o711)
        server = embedded(Path(made) / "data")
        own = runner.run(enter(server))
        open_to_all_accounts(Path(parse_qs(urlsplit(own).query)["host"][0]))
        try:
            yield own.replace("/declic?", "/postgres?", 1)
        finally:
            runner.run(leave(server))


async def enter(server: AbstractAsyncContextManager[str]) -> str:
    """Start it."""
    return await server.__aenter__()


async def leave(server: AbstractAsyncContextManager[str]) -> None:
    """Stop it."""
    await server.__aexit__(None, None, None)


if __name__ == "__main__":
    sys.exit(main())
