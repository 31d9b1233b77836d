"""Log lines: readable on a terminal, JSON elsewhere, each with its request's id.

Nothing that people wrote, no addresses and no tokens belong in a line: log ids, counts, hosts and causes.
"""

import logging
import sys

import structlog
from aiohttp.http import HttpProcessingError
from structlog.typing import Processor

from models.errors import Unavailable
from models.store.database import TORN_OFF

LEVELS = logging.getLevelNamesMapping()

QUIET = ("asyncio", "aiohttp.access", "pgqueuer")
"""Libraries whose everyday lines say nothing to an operator."""


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """A filter for aiohttp's server: requests that are no HTTP, or that end before their end, are worth no line.

    Anybody could fill the log with their tracebacks.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | ConnectionError)


def is_not_outage(record: logging.LogRecord) -> bool:
    """A filter for libraries that log with a traceback that the database is away:
    `models.store.background.supervised_tasks` says it once.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, (*TORN_OFF, Unavailable))


def configure_logging(level: str) -> None:
    """Send all lines of this process, ours and the libraries', to stderr in one form.

    Each is written in one piece, since several processes may write there.
    """
    terminal = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
        structlog.processors.StackInfoRenderer(),
    ]
    if not terminal:
        shared.append(structlog.processors.format_exc_info)
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    handler.addFilter(is_not_outage)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(LEVELS[level.upper()], logging.WARNING))
