"""The installation of this machine: where it is, and which ports and servers it was told to use."""

from __future__ import annotations

import json
from pathlib import Path

from ops.ground import Foreign
from ops.instance import Instance, Options
from ops.sample import LEADS
from ops.say import Say
from ops.topology import VARIABLES, ports_from_environment

PORTS = "ports.json"
"""Where the last start wrote its ports: commands from another terminal find it without its variables."""


def running_instance(folder: Path) -> Instance:
    """The one that was started in the folder, for commands that look into it."""
    options = Options(foreign=Foreign.from_environment(), people=LEADS)
    return Instance(folder, ports_from_environment(_last_ports(folder)), options)


def remember_ports(instance: Instance) -> None:
    ports = {variable: getattr(instance.ports, name) for name, (variable, _) in VARIABLES.items()}
    (instance.folder / PORTS).write_text(json.dumps(ports))


def _last_ports(folder: Path) -> dict[str, int]:
    try:
        kept = json.loads((folder / PORTS).read_text())
        return {variable: int(kept[variable]) for variable, _ in VARIABLES.values()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def local_instance(folder: Path, *, sandbox: bool = True, say: Say | None = None) -> Instance:
    options = Options(sandbox=sandbox, foreign=Foreign.from_environment(), people=LEADS)
    return Instance(folder, ports_from_environment(), options, say)
