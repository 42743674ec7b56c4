"""`loyalty up`: engines, migrations, web, worker and timer, under one supervisor."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Final
from urllib.parse import urlsplit

import click

from loyalty import migrations
from loyalty.cli import signposts
from loyalty.cli.instance import Instance, application, pass_instance
from loyalty.cli.supervisor import Child, Supervisor, python
from loyalty.cli.terminal import tell
from loyalty.engines import Addresses, Engines
from loyalty.errors import Problem
from loyalty.values import Text

WORKERS: Final = 2
THREADS: Final = 2
"""Of the web: processes, and threads in each."""
PROCESSES: Final = "loyalty.processes"
SHOP: Final = "loyalty.shops"
"""Entry points of demo shops: WSGI factories, served on an origin of their own beside a demo club."""


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65534), help="The port to listen at.")
@click.option(
    "--demo", is_flag=True, help="Fill an empty instance with a demo club, and serve a demo shop at port + 1."
)
@pass_instance
def up(instance: Instance, host: str, port: int, demo: bool) -> None:
    """Run a whole instance until Ctrl-C.

    Starts PostgreSQL and Valkey from the data folder unless DATABASE_URL and REDIS_URL name servers, brings the
    database to this version's step, and keeps web, worker and timer alive. Starting again keeps the data.
    """
    base = instance.env.get("LOYALTY_BASE_URL") or f"http://{_shown(host)}:{port}"
    shop = _beside(base, port + 1) if demo else None
    with _servers(instance, [(host, port), *([(host, port + 1)] if shop else [])]) as (addresses, engines):
        environment = {**instance.environment(addresses), "LOYALTY_BASE_URL": base, "LOYALTY_SHOP_URL": shop or ""}
        with application(environment):
            migrations.upgrade()
        if demo:
            _fill(environment)
        supervisor = Supervisor(_children(host, port, bool(shop)), environment, _mark(instance))
        supervisor.listen()
        try:
            supervisor.start()
            supervisor.watch(
                also=engines.revive if engines else lambda: None,
                ready=lambda: _answers(host, port),
                when_ready=lambda: signposts.show(environment, base, shop),
            )
            tell(Text("Stopping …", "در حال بستن…"))
        finally:
            supervisor.stop()
    tell(Text("Stopped. The data stay in {data}.", "بسته شد. داده‌ها در {data} می‌مانند.").with_(data=str(instance.data)))


@contextmanager
def _servers(instance: Instance, ports: list[tuple[str, int]]) -> Iterator[tuple[Addresses, Engines | None]]:
    """The servers, our own or those given; nothing is started while another run or program is in the way."""
    if given := instance.given:
        _check_ports(ports)
        yield given, None
        return
    engines = Engines(instance.data, tell)
    engines.claim(what="loyalty up")
    try:
        Supervisor([], {}, _mark(instance)).sweep()
        _check_ports(ports)
        yield engines.start(), engines
    finally:
        engines.stop()


def _mark(instance: Instance) -> str:
    return hashlib.sha256(os.fsencode(instance.data.resolve())).hexdigest()[:16]


def _check_ports(ports: list[tuple[str, int]]) -> None:
    for host, port in ports:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                # Sockets of connections that ended a moment ago are no hindrance; somebody who listens is.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen()
        except OSError as error:
            raise Problem(
                Text(
                    "Can't listen at {host}:{port}: {error}. Choose another port with --port (make run PORT=…).",
                    "نمی‌شود روی {host}:{port} گوش داد: {error}. با ‎--port‎ (یا make run PORT=…) درگاه دیگری برگزینید.",
                ).with_(host=host, port=port, error=error.strerror or str(error))
            ) from error


def _children(host: str, port: int, shop: bool) -> list[Child]:
    children = [
        *(Child(name, python("loyalty.cli", name)) for name in sorted(entry_points(group=PROCESSES).names)),
        Child("web", web("wsgi:create_app", host, port)),
    ]
    if shop:
        children += [Child("shop", web(found.value, host, port + 1, 1)) for found in entry_points(group=SHOP)]
    return children


def web(factory: str, host: str, port: int, workers: int = WORKERS) -> list[str]:
    """The command line that serves an application."""
    return python(
        "granian", "--interface", "wsgi", "--factory", factory,
        "--host", host, "--port", port,
        "--workers", workers, "--blocking-threads", THREADS,
        "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning",
    )  # fmt: skip


def _fill(environment: dict[str, str]) -> None:
    """Call `loyalty demo`, which leaves an instance alone that has its club already."""
    if subprocess.run(python("loyalty.cli", "demo"), env=environment, check=False).returncode:  # noqa: S603
        raise Problem(Text("The demo club could not be filled.", "باشگاه نمایشی پر نشد."))


def _shown(host: str) -> str:
    return "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1") else host  # noqa: S104


def _beside(base: str, port: int) -> str:
    return f"http://{urlsplit(base).hostname}:{port}"


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        here = f"[{host}]" if ":" in host else host
        with urllib.request.urlopen(f"http://{here}:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    return False
