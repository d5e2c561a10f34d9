"""What somebody sets wrong is said in one line, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from chassis.servers import free_port
from ops.bus import Operator
from ops.demo.show import Wishes, show
from ops.ground import Foreign, Ground
from ops.instance import Instance
from ops.keys import Keys
from ops.say import Trouble
from ops.site import remember_ports, running_instance
from ops.topology import VARIABLES, free_ports, ports_from_environment


@pytest.mark.parametrize("value", ["abc", "0", "65536", "-1"])
def test_a_port_that_is_none_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", value)
    with pytest.raises(Trouble, match=f"GATEWAY_PORT={value}"):
        ports_from_environment()


def test_two_of_ours_on_one_port_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8011")
    monkeypatch.delenv("GATEWAY_PORT", raising=False)
    with pytest.raises(Trouble, match="PORT and GATEWAY_PORT are both 8011"):
        ports_from_environment()


def test_commands_find_an_installation_on_other_ports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, _ in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    ports = free_ports()
    remember_ports(Instance(tmp_path, ports))
    assert running_instance(tmp_path).ports.nats == ports.nats
    monkeypatch.setenv("NATS_PORT", "8113")
    assert running_instance(tmp_path).ports.nats == 8113, "what is said counts before what is remembered"
    (tmp_path / "ports.json").write_text("[")
    assert running_instance(tmp_path).ports.ui == 8010


@pytest.mark.parametrize("url", ["foo", "postgresql://somebody@127.0.0.1:{port}/none"])
async def test_a_database_that_cannot_be_used_is_said_with_its_variable(url: str, tmp_path: Path) -> None:
    foreign = Foreign(database_url=url.format(port=free_port()))
    ground = Ground(tmp_path, free_ports(), Keys(tmp_path / "secrets"), foreign)
    with pytest.raises(Trouble, match="DATABASE_URL"):
        await ground.make_schemas()


async def test_a_bus_that_cannot_be_used_is_said_with_its_variable(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="NATS_URL"):
        async with Operator(f"nats://127.0.0.1:{free_port()}", tmp_path.as_uri(), foreign=True):
            pass


async def test_a_lead_file_that_intake_would_refuse_is_said_before_the_demonstration(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(b"%PDF-1.7")
    with pytest.raises(Trouble, match=r"leads\.csv: .*PDF"):
        await show(Wishes(leads=tmp_path / "leads.csv"))


def test_damaged_keys_are_said_with_their_file(tmp_path: Path) -> None:
    kept = tmp_path / "secrets" / "keys.json"
    kept.parent.mkdir()
    kept.write_text('{"nats.ops": ')
    with pytest.raises(Trouble, match=r"keys\.json is damaged"):
        Keys(tmp_path)


async def test_a_summary_that_cannot_be_written_is_said_before_the_demonstration(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no such folder"):
        await show(Wishes(json=tmp_path / "missing" / "out.json"))
