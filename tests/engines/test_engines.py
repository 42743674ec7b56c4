"""PostgreSQL and Valkey live in a data folder, whatever happened to it before."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from loyalty.engines import AlreadyRunning, Engines, EngineTrouble, engines
from loyalty.engines.process import alive, until
from loyalty.valkey import connect
from loyalty.values import Text

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give folders away")


@pytest.fixture
def data(home: Path) -> Iterator[Path]:
    folder = home / f"d-{uuid.uuid4().hex[:8]}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def told() -> list[str]:
    return []


def started(data: Path, told: list[str] | None = None) -> Engines:
    def tell(text: Text) -> None:
        assert text.fa
        assert told is not None, text.en
        told.append(text.en)

    return Engines(data, tell, durable=False)


def remember(engines: Engines, word: str) -> None:
    with psycopg.connect(engines.addresses.database_url) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS memory (word text)")
        conn.execute("INSERT INTO memory VALUES (%s)", [word])


def remembered(engines: Engines) -> list[str]:
    with psycopg.connect(engines.addresses.database_url) as conn:
        return [word for (word,) in conn.execute("SELECT word FROM memory").fetchall()]


def postmaster(engines: Engines) -> int:
    return int((engines.folders.postgres / "postmaster.pid").read_text().splitlines()[0])


def test_what_was_written_is_there_after_a_restart(data):
    with started(data) as first:
        remember(first, "pomegranate")
        server = postmaster(first)
    assert not alive(server)
    with started(data) as second:
        assert remembered(second) == ["pomegranate"]


def test_persian_words_are_found_by_their_beginnings_and_nobody_else_gets_in(data):
    with started(data) as engines:
        with psycopg.connect(engines.addresses.database_url) as conn:
            conn.execute("CREATE EXTENSION pg_trgm")
            assert conn.execute("SELECT 'محمدی' % 'محمدپور'").fetchone() == (True,)
            assert conn.execute("SHOW listen_addresses").fetchone() == ("",)
        for socket in engines.folders.sockets.glob("*"):
            assert not socket.stat().st_mode & 0o077 or socket.suffix in (".lock", ".pid")
        assert not engines.folders.sockets.stat().st_mode & 0o077


def test_a_set_up_that_was_killed_half_way_is_begun_anew(data, told):
    half = data / "postgres.new-abc"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with started(data, told) as engines:
        remember(engines, "whole")
    assert not half.exists()
    assert told == ["The database was not set up to the end last time; starting over."]


def test_a_folder_that_is_no_whole_database_is_set_aside_not_deleted(data, told):
    with started(data):
        pass
    (data / "postgres" / "global" / "pg_control").unlink()
    with started(data, told) as engines:
        remember(engines, "new")
    assert "is not a whole database" in told[0]
    (aside,) = data.glob("postgres.damaged-*")
    assert (aside / "PG_VERSION").exists()


def test_a_database_of_another_postgresql_is_left_alone(data):
    with started(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EngineTrouble, match=r"was made by PostgreSQL 12"), started(data):
        pass
    assert (data / "postgres" / "global" / "pg_control").exists()


@pytest.mark.parametrize("content", ["", "torn", "{pid}\n/elsewhere\n1\n5432\n/tmp\n\n1 2\nready\n"])
def test_a_lock_that_a_crash_left_is_no_hindrance(data, content):
    with started(data):
        pass
    # Another process has the dead server's number by now: this very one, say.
    lock = data / "postgres" / "postmaster.pid"
    lock.write_text(content.format(pid=os.getpid()))
    shutil.copystat(data / "postgres" / "PG_VERSION", lock)
    owner = (data / "postgres").stat()
    os.chown(lock, owner.st_uid, owner.st_gid)
    (data / "run" / "valkey.pid").write_text(str(os.getpid()))
    with started(data) as engines:
        remember(engines, "there")


def test_a_store_of_valkey_that_cannot_be_read_is_set_aside(data, told):
    with Engines(data) as engines, connect(engines.addresses.redis_url) as valkey:
        valkey.set("a", 1)
    for file in (data / "valkey" / "appendonlydir").glob("*.manifest"):
        file.write_text("nonsense\n")
    with Engines(data, lambda text: told.append(text.en)) as engines, connect(engines.addresses.redis_url) as valkey:
        assert valkey.get("a") is None
    assert "could not read its store" in told[0]


def test_valkey_keeps_its_queue_over_a_restart(data):
    with Engines(data) as engines, connect(engines.addresses.redis_url) as valkey:
        valkey.lpush("queue", "job")
    with Engines(data) as engines, connect(engines.addresses.redis_url) as valkey:
        assert valkey.lrange("queue", 0, -1) == [b"job"]


def test_servers_that_were_killed_are_started_again(data, told):
    with Engines(data, lambda text: told.append(text.en)) as engines:
        remember(engines, "kept")
        with psycopg.connect(engines.addresses.database_url):
            servers = (postmaster(engines), int((engines.folders.sockets / "valkey.pid").read_text()))
            for server in servers:
                os.kill(server, signal.SIGKILL)
            assert until(lambda: not any(map(alive, servers)), 5)
            engines.revive()
        assert remembered(engines) == ["kept"]
        assert len(told) == 2


def test_the_servers_do_not_outlive_an_owner_that_is_killed(data, told):
    script = "import sys, time; from loyalty.engines import Engines; from pathlib import Path\n"
    script += "engines = Engines(Path(sys.argv[1])); engines.claim(); engines.start(); print('up', flush=True)\n"
    script += "time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"up\n"
        server = int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        owner.kill()
        owner.wait()
        with started(data, told) as engines:  # at once, while they may still be going down
            remember(engines, "back")
        assert not alive(server)


def test_one_owner_at_a_time_and_others_share(data):
    with engines(data, "loyalty import", durable=False) as owned:
        with pytest.raises(AlreadyRunning, match=rf"in use by `loyalty import` \(process {os.getpid()}\)"):
            started(data).claim(what="loyalty up")
        with (
            pytest.raises(AlreadyRunning),
            engines(data, "loyalty restore", durable=False, alone=True),
        ):
            pass
        with engines(data, "loyalty recount", durable=False) as shared:
            assert shared == owned


def test_the_owner_waits_for_those_who_share(data):
    done: list[str] = []
    sharing = threading.Event()

    def share() -> None:
        with engines(data, "second", durable=False) as addresses:
            sharing.set()
            time.sleep(0.5)
            with psycopg.connect(addresses.database_url) as conn:
                conn.execute("SELECT 1")
            done.append("second")

    with engines(data, "first", durable=False):
        other = threading.Thread(target=share)
        other.start()
        assert sharing.wait(10)
    done.append("first")
    other.join()
    assert done == ["second", "first"]


def test_a_deep_folder_with_any_letters_in_its_name(data):
    deep = data / ("سرای " * 6) / "with spaces & 100%" / ("x" * 60)
    with Engines(deep, durable=False) as engines:
        remember(engines, "deep")
        assert len(os.fsencode(engines.folders.sockets)) < 80
    with Engines(deep, durable=False) as again, connect(again.addresses.redis_url) as valkey:
        assert valkey.ping()
        assert remembered(again) == ["deep"]
    shutil.rmtree(again.folders.sockets)


@as_root
def test_root_drops_to_nobody_and_a_folder_closed_to_nobody_works_all_the_same(data):
    closed = data / "root-only"
    closed.mkdir(parents=True, mode=0o700)
    with started(closed / "data") as engines:
        remember(engines, "inside")
        assert (engines.folders.postgres).stat().st_uid != 0
        assert Path(f"/proc/{postmaster(engines)}").stat().st_uid != 0


@as_root
def test_sockets_are_not_put_into_somebody_elses_folder(data):
    deep = data / ("x" * 100)
    with Engines(deep, durable=False) as engines:
        place = engines.folders.sockets
    os.chown(place, 12345, 12345)
    with pytest.raises(EngineTrouble, match="belongs to somebody else"):
        Engines(deep)
    shutil.rmtree(place)


def test_a_folder_that_cannot_be_used_is_said_to_be(data):
    data.parent.mkdir(exist_ok=True)
    data.write_text("a file")
    with pytest.raises(EngineTrouble, match="can't be used"):
        Engines(data)
    data.unlink()
