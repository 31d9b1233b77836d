"""What log lines hold: where something went wrong, never what people wrote."""

import io
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from web.server.logging import configure_logging

WORDS = "rendez-vous chez moi"


@pytest.fixture
def untouched() -> Iterator[None]:
    """The logging of the other tests, put back afterwards."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**kept)
    root.handlers[:], root.level = handlers, level


class Screen(io.StringIO):
    """What stderr is: a terminal, or a file."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
def test_a_traceback_shows_no_variable(untouched: None, monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    screen = Screen(terminal)
    monkeypatch.setattr("sys.stderr", screen)
    configure_logging("info")

    def fail(message: str) -> None:
        raise RuntimeError

    for log in (structlog.get_logger("ours"), logging.getLogger("library")):
        try:
            fail(" ".join(WORDS.split()))
        except RuntimeError:
            log.exception("failed")

    written = screen.getvalue()
    assert written.count("RuntimeError") >= 2 and "fail(" in written
    assert WORDS not in written


@pytest.mark.parametrize("options", [(), ("-u",)], ids=["buffered", "unbuffered"])
def test_a_line_is_written_in_one_piece_so_that_those_of_another_process_do_not_run_into_it(
    options: tuple[str, ...],
) -> None:
    code = """
import logging, structlog
from web.server.logging import configure_logging
configure_logging("info")
for words in ("a few", "many" * 4000):
    structlog.get_logger("ours").info(words)
    logging.getLogger("library").warning(words)
"""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        subprocess.run([sys.executable, *options, "-c", code], stderr=theirs.fileno(), check=True)
        ours.setblocking(False)
        written = [ours.recv(100_000) for _ in range(4)]
        with pytest.raises(BlockingIOError):
            ours.recv(1)

    assert all(piece.startswith(b"{") and piece.endswith(b"}\n") for piece in written)
