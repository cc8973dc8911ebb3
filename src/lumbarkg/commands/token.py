"""``lumbarkg token``: bearer tokens made, listed and revoked."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lumbarkg import __version__
from lumbarkg.commands.status import INVALID, OK
from lumbarkg.errors import InvalidInputError
from lumbarkg.record.audit import AuditEntry
from lumbarkg.record.record import Record, default_path, open_record
from lumbarkg.record.tokens import SCOPES

_DAYS = 365


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("token", help="make, list and revoke bearer tokens")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a token; its text is printed once")
    create.add_argument("--name", required=True, help="what it is for; shown by list")
    create.add_argument("--tenant", default="local", help="whose cases and graphs it opens (default: local)")
    create.add_argument("--scope", action="append", choices=SCOPES, default=[], help="may be repeated (default: read)")
    create.add_argument("--days", type=int, default=_DAYS, help=f"until it expires (default: {_DAYS})")
    listed = actions.add_parser("list", help="list tokens, without their secrets")
    revoke = actions.add_parser("revoke", help="accept a token no more")
    revoke.add_argument("id", help="the id that list shows")
    for parser, run_action in ((create, _create), (listed, _list), (revoke, _revoke)):
        parser.add_argument("--record", type=Path, default=None, help="the record (LUMBARKG_RECORD)")
        parser.set_defaults(run=run, act=run_action)


def run(options: argparse.Namespace) -> int:
    """Carry out the action."""
    status: int = options.act(options, open_record(options.record or default_path()))
    return status


def _create(options: argparse.Namespace, record: Record) -> int:
    now = datetime.now(UTC)
    scopes = tuple(options.scope or ("read",))
    try:
        expires = now + timedelta(days=options.days)
        text = record.tokens.create(
            options.name, options.tenant, scopes, now, expires, _entry("token.create", options.tenant, now)
        )
    except (InvalidInputError, OverflowError) as refused:
        print(f"lumbarkg: {refused}", file=sys.stderr)
        return INVALID
    print(text)
    print("This is shown once. Send it as 'Authorization: Bearer TOKEN'.", file=sys.stderr)
    return OK


def _list(_: argparse.Namespace, record: Record) -> int:
    for row in record.tokens.list():
        state = f"revoked {row.revoked}" if row.revoked else f"expires {row.expires}"
        print(f"{row.token_id}  {row.tenant:16}  {' '.join(row.scopes):30}  {state}  {row.name}")
    return OK


def _revoke(options: argparse.Namespace, record: Record) -> int:
    now = datetime.now(UTC)
    if record.tokens.revoke(options.id, _entry("token.revoke", "", now, options.id)):
        print("Revoked.")
        return OK
    print(
        f"lumbarkg: there is no token '{options.id}' that is accepted; `lumbarkg token list` shows all.",
        file=sys.stderr,
    )
    return INVALID


def _entry(action: str, tenant: str, now: datetime, token_id: str = "") -> AuditEntry:
    return AuditEntry(now, "command line", tenant, action, "lumbarkg token", token_id, software=__version__)
