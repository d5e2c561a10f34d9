"""What is known of people is kept where nobody else on the machine can look."""

from __future__ import annotations

import stat

import pytest
from ops.instance import Instance


@pytest.mark.parametrize("place", ["blobs", "nats", "postgres/data", "secrets"])
async def test_a_folder_that_holds_personal_data_or_keys_is_its_owners(
    place: str, instance: Instance
) -> None:
    mode = stat.S_IMODE((instance.folder / place).stat().st_mode)
    assert mode & (stat.S_IRWXG | stat.S_IRWXO) == 0, oct(mode)


async def test_the_files_that_hold_keys_are_their_owners(instance: Instance) -> None:
    for name in ("secrets/keys.json", "postgres/admin.password", "nats/nats.conf"):
        mode = stat.S_IMODE((instance.folder / name).stat().st_mode)
        assert mode & (stat.S_IRWXG | stat.S_IRWXO) == 0, name
