"""The installation of this machine: where it is, and which ports and servers it was told to use."""

from __future__ import annotations

from pathlib import Path

from ops.ground import Foreign
from ops.instance import Instance, Options
from ops.sample import LEADS
from ops.say import Say
from ops.topology import ports_from_environment


def local_instance(folder: Path, *, sandbox: bool = True, say: Say | None = None) -> Instance:
    options = Options(sandbox=sandbox, foreign=Foreign.from_environment(), people=LEADS)
    return Instance(folder, ports_from_environment(), options, say)
