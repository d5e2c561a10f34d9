"""The servers that come with the project: they start anywhere, keep what they hold, and leave no process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import nats
import pytest
from chassis.servers import (
    NatsServer,
    NatsUser,
    PortTaken,
    PostgresServer,
    ServiceDatabase,
    free_port,
    make_database,
    provide_schema,
)
from chassis.servers import postgres as postgres_module
from chassis.testing import eventually
from nats.errors import Error as NatsError


async def test_what_was_committed_is_there_after_a_kill_and_a_restart(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "un dosar cu spații")
    server.start()
    try:
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SHOW fsync") == "on"
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
        await connection.execute("CREATE TABLE kept (name text)")
        await connection.execute("INSERT INTO kept VALUES ('Șerban')")
        server.kill()
        server.start()
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SELECT name FROM kept") == "Șerban"
        await connection.close()
    finally:
        server.stop()
    assert not (server.data / "postmaster.pid").exists()


async def test_postgres_asks_for_the_password(postgres_url: str) -> None:
    without = postgres_url.replace(postgres_url.split("//")[1].split("@")[0], "postgres:wrong")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(without)


async def test_a_service_sees_its_own_schema_and_no_other(fresh_database: str) -> None:
    mine = await provide_schema(fresh_database, "mine", role="test_mine", password="one")
    theirs = await provide_schema(fresh_database, "theirs", role="test_theirs", password="two")
    me, them = await asyncpg.connect(mine.url), await asyncpg.connect(theirs.url)
    try:
        await me.execute("CREATE TABLE secrets (id int)")
        assert await me.fetchval("SELECT count(*) FROM mine.secrets") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await them.fetchval("SELECT count(*) FROM mine.secrets")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await them.execute("CREATE TABLE public.anything (id int)")
    finally:
        await me.close()
        await them.close()


async def test_a_schema_provided_twice_keeps_its_tables(
    fresh_schema: ServiceDatabase, fresh_database: str
) -> None:
    connection = await asyncpg.connect(fresh_schema.url)
    await connection.execute("CREATE TABLE kept (id int)")
    role = await connection.fetchval("SELECT current_user")
    await connection.close()
    again = await provide_schema(fresh_database, "service", role=role, password="changed")
    connection = await asyncpg.connect(again.url)
    assert await connection.fetchval("SELECT count(*) FROM kept") == 0
    await connection.close()


async def test_streams_outlive_a_stop_and_not_a_wipe(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / 'cu spații și "ghilimele"')
    server.start()
    try:
        await _add_stream(server.url)
        server.stop()
        server.start()
        assert await _stream_names(server.url) == ["KEPT"]
        server.wipe()
        assert await _stream_names(server.url) == []
    finally:
        server.stop()


async def test_a_bus_user_publishes_only_where_it_may(tmp_path: Path) -> None:
    narrow = NatsUser("narrow", "pw", publish=("evt.mine.>",), subscribe=("_INBOX.>",))
    server = NatsServer(tmp_path, users=[narrow, NatsUser("all", "x")])
    server.start()
    try:
        refusals: list[Exception] = []

        async def note(problem: Exception) -> None:
            refusals.append(problem)

        connection = await nats.connect(server.url_for("narrow"), error_cb=note)
        await connection.publish("evt.mine.thing", b"")
        await connection.flush()
        assert not refusals
        await connection.publish("evt.theirs.thing", b"")

        async def refused() -> bool:
            return any("permissions violation" in str(problem).lower() for problem in refusals)

        await eventually(refused, what="the server refuses another context's subject")
        await connection.close()
        with pytest.raises(NatsError):
            await nats.connect(server.url, allow_reconnect=False, max_reconnect_attempts=1, error_cb=note)
    finally:
        server.stop()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for server in (NatsServer(tmp_path / "n", port=port), PostgresServer(tmp_path / "p", port=port)):
            with pytest.raises(PortTaken, match=str(port)):
                server.start()


async def test_servers_end_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    nats_port, postgres_port = free_port(), free_port()
    program = textwrap.dedent(
        f"""
        import os, pathlib, signal
        from chassis.servers import NatsServer, PostgresServer
        folder = pathlib.Path({str(tmp_path)!r})
        NatsServer(folder / "n", port={nats_port}).start()
        PostgresServer(folder / "p", port={postgres_port}, durable=False).start()
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)  # noqa: ASYNC221
    assert ended.returncode == -9, ended.stderr

    async def nobody_listens() -> bool:
        return not _listening(nats_port) and not _listening(postgres_port)

    await eventually(nobody_listens, within=20, what="both servers are gone")


@pytest.mark.parametrize("way", ["_NAMESPACE", "_CAPABLE_NOBODY"])
async def test_root_may_start_postgres_either_way(way: str, tmp_path: Path) -> None:
    """As an ordinary user there is one way and nothing to choose: then that one is checked."""
    if os.geteuid() != 0:
        assert list(postgres_module._not_as_root()) == []
        return
    prefix = getattr(postgres_module, way)
    if not postgres_module._works(prefix):
        assert postgres_module._not_as_root() != prefix
        return
    server = PostgresServer(tmp_path, durable=False, prefix=prefix)
    server.start()
    try:
        url = await make_database(server.url(), "anything")
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    finally:
        server.stop()


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _add_stream(url: str) -> None:
    connection = await nats.connect(url)
    await connection.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
    await connection.close()


async def _stream_names(url: str) -> list[str | None]:
    connection = await nats.connect(url)
    names = [stream.config.name for stream in await connection.jetstream().streams_info()]
    await connection.close()
    return names
