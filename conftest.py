"""What every test may ask for: real NATS and PostgreSQL (see ``chassis.testing_servers``).

``make test`` runs in several processes. A file stays in one of them, and so do the files that share the
running installation of ``tests/integration``; what takes longest begins first.
"""

from __future__ import annotations

import pytest

# These folders bear their packages' names: imported first, they are not taken for the packages.
import ops  # noqa: F401
import sandbox  # noqa: F401

pytest_plugins = ["chassis.testing_servers"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        shared = "instance" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("the installation" if shared else str(item.path)))
    items.sort(key=lambda item: "integration" not in item.path.parts)
