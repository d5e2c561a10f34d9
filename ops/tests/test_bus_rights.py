"""Each service may do on the bus what it is there for, and nothing in another's name."""

from __future__ import annotations

from pathlib import Path

import nats
import pytest
from chassis.history import stored
from chassis.provisioner import provision
from chassis.servers import NatsServer, NatsUser, free_port
from chassis.testing import eventually
from contracts.streams import EVENTS
from ops.declared import handlers_of
from ops.topology import OPERATOR, SERVICES, bus_user


def test_a_service_is_given_no_wildcard_over_other_services() -> None:
    for service in SERVICES:
        user = bus_user(service, "secret", handlers_of(service).consumers)
        foreign = [other for other in SERVICES if other != service]
        for subject in user.publish:
            assert not any(word.startswith(f"{other}__") for other in foreign for word in subject.split("."))
            assert not subject.startswith(tuple(f"evt.{other}." for other in foreign))
        assert ">" not in (*user.publish, *user.subscribe)


@pytest.mark.parametrize("subject", ["evt.intake.application.opened.v1.1.1", "cmd.intake.queue_calls"])
async def test_calling_can_not_speak_for_intake_or_command_it(subject: str, tmp_path: Path) -> None:
    user = bus_user("calling", "secret", handlers_of("calling").consumers)
    server = NatsServer(tmp_path, port=free_port(), users=[user])
    server.start()
    refusals: list[str] = []

    async def note(problem: Exception) -> None:
        refusals.append(str(problem).lower())

    try:
        connection = await nats.connect(server.url_for("calling"), error_cb=note)
        await connection.publish("evt.calling.call.placed.v1.1.1", b"")
        await connection.flush()
        assert refusals == []
        await connection.publish(subject, b"")

        async def refused() -> bool:
            return any("permissions violation" in said and subject in said for said in refusals)

        await eventually(refused, what="the server refuses it")
        await connection.close()
    finally:
        server.stop()


async def test_the_pages_may_read_all_history_to_be_folded_anew(tmp_path: Path) -> None:
    reader = bus_user("recruiter_ui", "secret", handlers_of("recruiter_ui").consumers)
    server = NatsServer(tmp_path, port=free_port(), users=[reader, NatsUser(OPERATOR, "secret")])
    server.start()
    try:
        operator = await nats.connect(server.url_for(OPERATOR))
        await provision(operator.jetstream(), [])
        await operator.jetstream().publish("evt.intake.application.opened.v1.1.1", b"{}")
        connection = await nats.connect(server.url_for("recruiter_ui"))
        read = [message.data async for message in stored(connection.jetstream(), EVENTS.name, "evt.>")]
        assert read == [b"{}"]
        await connection.close()
        await operator.close()
    finally:
        server.stop()
