"""Logs and traces. Neither carries personal data: ids, kinds and places only."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import ValidationError
from structlog.typing import Processor

_PROPAGATOR = TraceContextTextMapPropagator()


def set_up_logging(service: str, level: str) -> None:
    """JSON lines on stdout. ``level`` is for our own lines; of libraries come warnings and worse only.

    What they tell below that holds what they carry: whole questions to a model, addresses with phone numbers
    in them, the tokens of an OAuth exchange.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_exception_text],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _named(service),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    for own in (service, "chassis"):
        logging.getLogger(own).setLevel(level.upper())
    root.setLevel(max(logging.getLogger("chassis").level, logging.WARNING))


def _named(service: str) -> Processor:
    def add(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"service": service, **entry}

    return add


def _without_exception_text(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's traceback may quote data; its place and kind are enough."""
    record = entry.get("_record")
    if isinstance(record, logging.LogRecord) and record.exc_info:
        error = record.exc_info[1]
        if error is not None:
            entry.update(where_it_failed(error))
        record.exc_info = None
        record.exc_text = None
    entry.pop("exc_info", None)
    return entry


def note_loose_end(_: object, context: dict[str, Any]) -> None:
    """The event loop's exception handler: its own one writes down the words of an error nobody waited for."""
    error = context.get("exception")
    where = where_it_failed(error) if isinstance(error, BaseException) else {"what": context["message"]}
    structlog.get_logger(__name__).error("error_nobody_waited_for", **where)


def where_it_failed(error: BaseException) -> dict[str, str]:
    """For log lines: the kind of an error and the place it came from, without its words."""
    place, step = "", error.__traceback__
    while step is not None:
        place, step = _place(step), step.tb_next
    return {"failure": type(error).__name__, "at": place}


def _place(step: TracebackType) -> str:
    code = step.tb_frame.f_code
    return f"{os.path.basename(code.co_filename)}:{step.tb_lineno} {code.co_name}"


def reason_of(error: BaseException, limit: int = 500) -> str:
    """For the dead letters and the table of deferred messages: what went wrong, without quoting the input."""
    if isinstance(error, ValidationError):
        parts = [
            f"{'.'.join(str(step) for step in problem['loc'])}: {problem['type']}"
            for problem in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        text = f"does not fit {error.title}: {'; '.join(parts)}"
    else:
        sqlstate = getattr(error, "sqlstate", None)
        words = str(getattr(error, "message", None) or error).split("\n", 1)[0]
        text = f"{type(error).__name__}{f' [{sqlstate}]' if sqlstate else ''}: {words}"
    return re.sub(r"\s+", " ", text)[:limit]


_tracing = False


def set_up_tracing(service: str) -> None:
    """Spans are made when an OTLP endpoint is configured and the SDK is there; ids are passed on always."""
    global _tracing
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        export = import_module("opentelemetry.sdk.trace.export")
        resources = import_module("opentelemetry.sdk.resources")
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        structlog.get_logger(__name__).warning("tracing_not_installed", needs="opentelemetry-sdk")
        return
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}))
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    _tracing = True


def current_traceparent() -> str | None:
    """W3C Trace Context of the running span, for the events it says."""
    if not _tracing:
        return None
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, traceparent: str | None) -> Iterator[None]:
    """A span below the one that the message carries; free of cost where nobody traces."""
    if not _tracing:
        yield
        return
    parent = _PROPAGATOR.extract({"traceparent": traceparent}) if traceparent else None
    with trace.get_tracer("chassis").start_as_current_span(name, context=parent):
        yield
