"""Many hands at the same moment, each with a session of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Flask

from loyalty.db import db


def at_once(app: Flask, *works: Callable[[], Any]) -> Counter[str]:
    """Let all work at the same moment; how often each came to what: its own word, else done, or what it raised."""
    outcomes: list[str] = []
    barrier = threading.Barrier(len(works), timeout=60)

    def run(work: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                said = work()
                outcomes.append(said if isinstance(said, str) else "done")
            except Exception as error:
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return Counter(outcomes)
