"""What is logged: our own lines from the level that was set, of libraries no more than trouble."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from chassis.telemetry import set_up_logging

SECRET = "+40 700 000 011 wrote: my token is 1//refresh"
CHATTY = ("anthropic._base_client", "requests_oauthlib.oauth2_session", "httpx2", "httpcore.http11")
"""At DEBUG, some at INFO, they write down what they send."""


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, "intake", "chassis")]
    levels, handlers = [logger.level for logger in loggers], loggers[0].handlers[:]
    configured = structlog.get_config()
    yield
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    structlog.configure(**configured)


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_what_a_library_carries_is_logged_at_no_level(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("intake", level)
    for name in CHATTY:
        logging.getLogger(name).debug("Request options: %s", SECRET)
        logging.getLogger(name).info("HTTP Request: GET %s", SECRET)
    assert capsys.readouterr().out == ""


def test_our_own_lines_come_from_the_level_that_was_set(capsys: pytest.CaptureFixture[str]) -> None:
    for level, expected in (("debug", ["one", "two", "three"]), ("INFO", ["two", "three"]), ("ERROR", [])):
        set_up_logging("intake", level)
        logging.getLogger("chassis.relay").debug("one")
        logging.getLogger("intake.handlers.pipeline").info("two")
        logging.getLogger("intake").warning("three")
        said = lines(capsys.readouterr().out)
        assert [line["event"] for line in said] == expected
        assert all(line["service"] == "intake" for line in said)


def test_a_librarys_trouble_is_told_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("intake", "INFO")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    [line] = lines(capsys.readouterr().out)
    assert (line["event"], line["failure"]) == ("Exception in ASGI application", "ValueError")
    assert line["at"].startswith("test_logs.py:")
    assert SECRET not in json.dumps(line)
