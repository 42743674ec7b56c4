"""Leaderboards in a cluster of three nodes: filled, read, rebuilt, and filled again after a node lost its part."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.cluster import ClusterNode, RedisCluster

from loyalty.engines.binaries import valkey_program
from loyalty.gamification.leaderboards import complete, existing, page, unsure
from loyalty.gamification.scores import deliver, rebuild
from tests.gamification.conftest import ABAN, MEHR, Game

SLOTS = 16384


def free_port() -> int:
    """A port that also has a free neighbour 10,000 further on: nodes talk to each other there."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            if port + 10_000 < 65_536:
                try:
                    other.bind(("127.0.0.1", port + 10_000))
                except OSError:
                    continue
                return port


def launch(folder: Path, port: int) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    told = ["--port", str(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--save", "", "--dir", str(folder)]
    return subprocess.Popen([valkey_program(), *told, "--cluster-node-timeout", "2000"], stdout=subprocess.DEVNULL)


def wait(what: str, ready: object) -> None:
    for _ in range(400):
        try:
            if ready():  # type: ignore[operator]
                return
        except redis.RedisError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def whole(client: redis.Redis) -> bool:
    return bool(client.execute_command("CLUSTER INFO")["cluster_state"] == "ok")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    """Three nodes that share the slots."""
    home = tmp_path_factory.mktemp("cluster")
    ports = [free_port() for _ in range(3)]
    servers = [launch(home / str(port), port) for port in ports]
    try:
        clients = [redis.Redis(port=port) for port in ports]
        for client in clients:
            wait("a node answers", client.ping)
        for n, client in enumerate(clients):
            client.execute_command("CLUSTER ADDSLOTSRANGE", SLOTS * n // 3, SLOTS * (n + 1) // 3 - 1)
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", n + 1)
        for port in ports[1:]:
            clients[0].execute_command("CLUSTER MEET", "127.0.0.1", port)
        for client in clients:
            wait("the cluster is whole", lambda client=client: whole(client))
        yield ports
    finally:
        for server in servers:
            server.kill()
            server.wait()


@pytest.fixture
def cluster(nodes: list[int]) -> Iterator[RedisCluster]:
    client = RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", port) for port in nodes])
    client.flushall(target_nodes=RedisCluster.PRIMARIES)
    yield client
    client.close()


def test_the_same_boards_in_a_cluster_of_three_nodes(game: Game, at, cluster: RedisCluster, nodes: list[int]) -> None:  # type: ignore[no-untyped-def]
    boards = [game.board()._replace(code=f"board{n}") for n in range(12)]
    people = [game.member() for _ in range(30)]
    changes = [game.scores(member, 10 * n, at(2)) for n, member in enumerate(people, 1)]
    changes += [game.scores(member, 5, at(-15)) for member in people[:4]]
    deliver(cluster, boards, changes)
    held = [redis.Redis(port=port).dbsize() for port in nodes]
    assert all(count > 0 for count in held), "every node holds some of the boards"
    for board in boards:
        top = page(cluster, board, ABAN, size=3).places
        assert [(place.rank, place.member_id, place.score) for place in top] == [
            (1, people[29], 300),
            (2, people[28], 290),
            (3, people[27], 280),
        ]
        around = page(cluster, board, ABAN, size=5, offset=None, member_id=people[10])
        assert [place.rank for place in around.places] == [18, 19, 20, 21, 22]
        assert around.me
        assert (around.me.rank, around.me.score) == (20, 110)
        assert page(cluster, board, MEHR, size=9).total == 4

    assert unsure(cluster, game.club, boards) == boards
    for board in boards:
        assert rebuild(cluster, board) == 34
        assert complete(cluster, board)
    assert unsure(cluster, game.club, boards) == []
    assert len(existing(cluster, game.club, boards[0])) == 4
    before = [page(cluster, board, ABAN, size=30) for board in boards]

    redis.Redis(port=nodes[1]).flushall()
    lost = [board for board, was in zip(boards, before, strict=True) if page(cluster, board, ABAN, size=30) != was]
    assert lost, "the node held some of them"
    for board in boards:
        rebuild(cluster, board)
    assert [page(cluster, board, ABAN, size=30) for board in boards] == before
