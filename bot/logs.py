"""Log lines: events with words to grep, as JSON or for a console; never a payload at info level."""

import logging
import sys
from pathlib import Path

import structlog


def configure(form: str, level: str) -> None:
    """Set up structlog once, at start. `form`: "json" or "console"."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        last: list[structlog.types.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    for name in ("slack_bolt", "slack_sdk", "aiohttp.server"):
        logging.getLogger(name).setLevel(logging.WARNING)
    handler = logging.StreamHandler()
    handler.addFilter(_is_for_users)
    logging.basicConfig(handlers=[handler], format="%(name)s: %(message)s", force=True)


def _is_for_users(line: logging.LogRecord) -> bool:
    """Bolt's errors, not its advice to programmers; told by file, for its loggers have many names and no parent."""
    return line.levelno >= logging.ERROR or "slack_bolt" not in Path(line.pathname).parts
