"""What lies where in a data folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final, NamedTuple

from loyalty.engines.binaries import postgres_programs, valkey_program
from loyalty.engines.process import Account, account, own
from loyalty.engines.trouble import EngineTrouble
from loyalty.values import Text

SOCKET_LIMIT: Final = 100
"""Bytes of a unix socket's path: systems take 104 to 108."""
LONGEST_NAME: Final = "/.s.PGSQL.5432"


class Folders(NamedTuple):
    """The places of one instance, and the user its servers run as (None: ourselves)."""

    data: Path
    postgres: Path
    valkey: Path
    sockets: Path
    logs: Path
    user: Account | None


def _short_place(data: Path) -> Path:
    """A folder for sockets whose path is short, always the same one for this data folder."""
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"shamseh-{os.geteuid()}-{digest}"  # noqa: S108


def _own_sockets(place: Path, user: Account | None) -> None:
    """Make the sockets' folder; one in a place open to all must be ours, else somebody laid it there for us."""
    if place.is_symlink() or (place.exists() and place.stat().st_uid not in {os.geteuid(), user.uid if user else -1}):
        raise EngineTrouble(
            Text(
                "{place} belongs to somebody else; it is where the database's sockets would be. Remove it first.",
                "{place} از آنِ کاربر دیگری است و جای سوکت‌های پایگاه داده همان‌جاست. نخست آن را پاک کنید.",
            ).with_(place=str(place))
        )
    own(place, user)


def lay_out(data: Path) -> Folders:
    """Make the data folder and what the servers need in it.

    Raises:
        EngineTrouble: it can't be written.
    """
    data = data.absolute()
    try:
        # Root's servers run as somebody else, who has to pass through.
        data.mkdir(parents=True, exist_ok=True, mode=0o700 if os.geteuid() else 0o711)
        data = data.resolve()
        user = account(data / "postgres", data, postgres_programs().folder, valkey_program().parent)
        sockets = data / "run"
        if len(os.fsencode(str(sockets) + LONGEST_NAME)) > SOCKET_LIMIT:
            sockets = _short_place(data)
        folders = Folders(data, data / "postgres", data / "valkey", sockets, data / "log", user)
        _own_sockets(sockets, user)
        own(folders.valkey, user)
        folders.logs.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise EngineTrouble(
            Text(
                "The data folder {data} can't be used: {error}. Choose another with --data.",
                "پوشهٔ داده‌ها {data} به کار نمی‌آید: {error}. با ‎--data‎ پوشهٔ دیگری برگزینید.",
            ).with_(data=str(data), error=str(error))
        ) from error
    return folders
