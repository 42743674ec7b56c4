"""The file of what an import could not take: JSON lines of line number, reason and row, safe across interruptions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from loyalty.errors import Invalid, Problem
from loyalty.values import LANGS, Text

_BEGINS: Final = b'{"line": '
"""How each of our lines begins: by it another file is told, and left alone."""
_NOT_OURS = Text("{path} is there and is no file of refused rows.", "{path} هست و فایل سطرهای ردشده نیست.")


class Reject(NamedTuple):
    """What was not taken: its place among the file's items (1 is the first), its line, why, and itself."""

    position: int
    line: int
    reason: Text
    row: Any


def reason_of(problem: Problem) -> Text:
    """What a refusal says: its faults with their places, or its sentence where it names none."""
    return Text(
        **{
            lang: " ".join(f"{fault.path}: {fault.message.to(lang)}" for fault in problem.faults)
            or problem.detail.to(lang)
            for lang in LANGS
        }
    )


class RejectsFile:
    """Written before the transaction that counts its lines commits; what such a commit didn't confirm is taken back.

    The file comes into being with its first line.
    """

    def __init__(self, path: Path, position: int) -> None:
        """Open the file of an import whose confirmed `position` is known, dropping what lies beyond it.

        Raises:
            Invalid: the file is there and holds something else.
        """
        self.path = path
        self._confirmed = _confirmed(path, position)
        if path.exists():
            os.truncate(path, self._confirmed)

    @property
    def written(self) -> bool:
        """Whether anything was rejected at all."""
        return self._confirmed > 0

    def write(self, rejects: Iterable[Reject]) -> int:
        """Put lines after the confirmed ones, on the disk when this returns; gives the size to `confirm`."""
        lines = [_line(reject) for reject in rejects]
        if not lines:
            return self._confirmed
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(self._confirmed)
            file.write(b"".join(lines))
            _to_disk(file)
            return file.tell()

    def confirm(self, size: int) -> None:
        """Their transaction has committed."""
        self._confirmed = size


def _line(reject: Reject) -> bytes:
    content = {
        "line": reject.line,
        "reason": reject.reason.en,
        "reason_fa": reject.reason.fa,
        "row": reject.row,
        "position": reject.position,
    }
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _confirmed(path: Path, position: int) -> int:
    """The size of the part that was confirmed: whole lines up to that position."""
    size = 0
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                if not line.startswith(_BEGINS[: len(line)]):
                    raise Invalid.at("/rejects", _NOT_OURS.with_(path=str(path)))
                if not line.endswith(b"\n") or json.loads(line)["position"] > position:
                    break
                size += len(line)
    return size


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
