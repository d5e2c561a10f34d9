"""What a person is told who starts with real providers."""

from __future__ import annotations

from ops.providers import NEEDED, what_is_missing


def test_every_missing_key_is_named_with_what_does_not_work() -> None:
    assert len(what_is_missing({})) == len(NEEDED)
    [line] = what_is_missing(dict.fromkeys(NEEDED, "set") | {"WHAPI_TOKEN": ""})
    assert line == "WHAPI_TOKEN is not set: no WhatsApp is sent."
