"""The bus is made as declared, and drift from it is seen."""

from __future__ import annotations

from dataclasses import replace

from chassis.provisioner import ConsumerDeclaration, check, provision, retire
from contracts.streams import STREAMS
from nats.js.api import ConsumerConfig

from .conftest import World

FOLLOW = ConsumerDeclaration("scoring__follow", ("evt.calling.call.completed.v1.*.*",))


async def test_provisioning_twice_changes_nothing(world: World) -> None:
    first = await provision(world.js, [FOLLOW])
    assert [str(change) for change in first] == ["consumer scoring__follow: is missing"]
    assert await provision(world.js, [FOLLOW]) == []
    assert await check(world.js, [FOLLOW]) == []


async def test_consumers_are_made_so_that_nothing_is_given_up_or_acked_by_itself(world: World) -> None:
    await provision(world.js, [FOLLOW])
    config = (await world.js.consumer_info("EVENTS", FOLLOW.name)).config
    assert config.ack_policy == "explicit"
    assert config.max_deliver == -1
    assert config.ack_wait == 10.0
    assert config.max_ack_pending == 1_000


async def test_a_durable_with_an_old_configuration_is_brought_up_to_date(world: World) -> None:
    await provision(world.js, [FOLLOW])
    changed = replace(
        FOLLOW,
        filters=("evt.calling.call.completed.v1.*.*", "evt.calling.call.placed.v1.*.*"),
        ack_wait_seconds=30.0,
    )
    drift = await check(world.js, [changed])
    assert sorted(one.detail.split(" ")[0] for one in drift) == ["ack_wait", "filter_subjects"]
    await provision(world.js, [changed])
    assert await check(world.js, [changed]) == []
    config = (await world.js.consumer_info("EVENTS", FOLLOW.name)).config
    assert sorted(config.filter_subjects or []) == sorted(changed.filters)


async def test_a_durable_that_listens_to_more_says_what_it_will_never_see(world: World) -> None:
    old, other = "evt.calling.call.placed.v1.7.1", "evt.calling.call.refused.v1.*.*"
    await provision(world.js, [FOLLOW])
    await world.js.publish(old, b"{}")
    await world.js.publish("evt.calling.call.completed.v1.7.1", b"{}")
    grown = replace(FOLLOW, filters=(*FOLLOW.filters, "evt.calling.call.placed.v1.*.*", other))
    pulling = await world.js.pull_subscribe_bind(FOLLOW.name, "EVENTS")
    [message] = await pulling.fetch(1, timeout=5)
    await message.ack_sync()
    changes = [str(change) for change in await provision(world.js, [grown])]
    assert changes[1:] == [
        "consumer scoring__follow: 1 messages of evt.calling.call.placed.v1.*.* came before it listened;"
        " a new name would read them"
    ]
    assert (await world.js.consumer_info("EVENTS", FOLLOW.name)).num_pending == 0
    assert await provision(world.js, [grown]) == []


async def test_a_durable_that_began_later_than_the_stream_is_brought_up_to_date_too(world: World) -> None:
    """After a rebuild of the stream; where it began can't be changed, and is no drift."""
    await provision(world.js, [replace(FOLLOW, first_sequence=7)])
    changed = replace(FOLLOW, ack_wait_seconds=30.0)
    await provision(world.js, [changed])
    assert await check(world.js, [changed]) == []


async def test_a_stream_that_somebody_changed_is_seen_and_put_right(world: World) -> None:
    info = await world.js.stream_info("EVENTS")
    info.config.max_age = 3600.0
    await world.js.update_stream(info.config)
    [drift] = await check(world.js, [])
    assert drift.what == "stream EVENTS"
    assert "max_age" in drift.detail
    await provision(world.js, [])
    assert await check(world.js, []) == []


async def test_missing_and_undeclared_consumers_are_reported(world: World) -> None:
    config = ConsumerConfig(durable_name="old__handler", filter_subjects=["evt.>"])
    await world.js.add_consumer("EVENTS", config)
    found = {str(one) for one in await check(world.js, [FOLLOW])}
    assert found == {"consumer scoring__follow: is missing", "consumer old__handler: is not declared"}


async def test_only_what_nobody_declares_any_more_is_retired(world: World) -> None:
    await provision(world.js, [FOLLOW])
    await world.js.add_consumer(
        "EVENTS", ConsumerConfig(durable_name="old__handler", filter_subjects=["evt.>"])
    )
    assert [drift.what for drift in await retire(world.js, [FOLLOW])] == ["consumer old__handler"]
    assert await check(world.js, [FOLLOW]) == []
    assert await retire(world.js, [FOLLOW]) == []


async def test_all_declared_streams_are_made(world: World) -> None:
    names = {info.config.name for info in await world.js.streams_info()}
    assert names == {declaration.name for declaration in STREAMS}
