"""What the server writes to standard error: one line an event, never a path, a query, a body or a stack with values."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from lumbarkg.errors import LumbarkgError

_ACCESS = "lumbarkg.access"


class _JsonLines(logging.Formatter):
    """A JSON object a line; the access log is that already."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == _ACCESS:
            return record.getMessage()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "logger": record.name,
            "message": _message(record),
        }
        return json.dumps(line, ensure_ascii=False)


class _TextLines(logging.Formatter):
    """Time, level and message; the access log stays JSON."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == _ACCESS:
            return record.getMessage()
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
        return f"{time} {record.levelname.lower()} [{record.process}] {_message(record)}"


def set_up_logs(form: str, *, with_access: bool) -> None:
    """Send everything to standard error, as ``text`` or ``json``; a line a request only where it is wanted."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if form == "json" else _TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("lumbarkg.server").setLevel(logging.INFO)
    logging.getLogger(_ACCESS).setLevel(logging.INFO if with_access else logging.WARNING)
    logging.getLogger("waitress").addFilter(_without_paths)
    # A burst of requests that wait for a thread is no event; /metrics shows the times.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _message(record: logging.LogRecord) -> str:
    """The message, and of an exception its type and place: its words may hold what a client sent."""
    text = record.getMessage().replace("\n", " ")
    if not record.exc_info or record.exc_info[0] is None:
        return text
    kind, _, traceback = record.exc_info
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    place = f" at {traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}" if traceback is not None else ""
    return f"{text}: {kind.__name__}{place}"


def _without_paths(record: logging.LogRecord) -> bool:
    """waitress names the path of a request that broke off, which at a limit is no error of the server."""
    cause = record.exc_info[1] if record.exc_info else None
    if isinstance(cause, LumbarkgError):
        record.msg, record.args, record.exc_info = f"an answer broke off: {type(cause).__name__}", (), None
    elif "serving" in str(record.msg):
        record.msg, record.args = "a request broke off", ()
    return True
