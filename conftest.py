"""What every test may ask for: real NATS and PostgreSQL (see ``chassis.testing_servers``).

``make test`` runs in several processes. A file stays in one of them, and so do the files that share the
running installation of ``tests/integration``.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# These folders bear their packages' names: imported first, they are not taken for the packages.
import ops  # noqa: F401
import sandbox  # noqa: F401

pytest_plugins = ["chassis.testing_servers"]

INSTALLATION = "tests/integration/"
ALONE = (
    "tests/integration/test_up.py",
    "tests/integration/test_foreign_servers.py",
    "tests/integration/killing/",
    "tests/integration/bodies/",
)
"""They start an installation of their own."""
LONGEST = (
    INSTALLATION,
    "services/calling/tests/test_service.py",
    "tests/browser/",
    "tests/deploy/",
    "ops/",
    "services/recruiter_ui/",
    "services/messaging/",
)
"""They begin first: what takes a minute must not be all that is left to do at the end."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return INSTALLATION if file.startswith(INSTALLATION) and not file.startswith(ALONE) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next(
            (place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST)
        )

    items.sort(key=place)
