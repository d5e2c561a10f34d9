"""Claude answers with JSON that fits a schema, or with plain text. Source: providers.md 2.

The SDK's own retries are off: when to ask again is the handlers' decision, kept where a crash can't lose it.
"""

from __future__ import annotations

import time
from types import TracebackType

import anthropic
from anthropic import AsyncAnthropic, BaseModel
from anthropic.types import Message, OutputConfigParam, Usage

from scoring.adapters.json_answer import read_json_object, storable
from scoring.domain.question import Question
from scoring.ports import Answer, ModelObjects, ModelSilent, Written

LATER = {401, 402, 403, 404, 408, 409, 429}
"""After these the same question may yet be taken: trouble of our account or settings (404: there is no such
model), or their load. So may any 5xx."""

NO_MESSAGE = "an answer that is no message"


class Claude:
    """``base_url`` is without ``/v1``; ``timeout`` is in seconds and covers the whole answer."""

    def __init__(self, *, api_key: str, base_url: str, model: str, max_tokens: int, timeout: float) -> None:
        self._client = AsyncAnthropic(
            api_key=api_key or "not-configured", base_url=base_url, timeout=timeout, max_retries=0
        )
        self._model = model
        self._max_tokens = max_tokens

    async def __aenter__(self) -> Claude:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def ask(self, question: Question) -> Answer:
        held: OutputConfigParam = {"format": {"type": "json_schema", "schema": question.schema}}
        return _answer(*await self._say(question.system, question.user, held))

    async def write(self, system: str, user: str) -> Written:
        return _written(*await self._say(system, user, anthropic.omit))

    async def _say(
        self, system: str, user: str, output: OutputConfigParam | anthropic.Omit
    ) -> tuple[Message, int]:
        """The message, and how many milliseconds it took."""
        started = time.monotonic()
        try:
            message = await self._client.messages.create(
                model=self._model,
                max_tokens=self._max_tokens,
                system=system,
                messages=[{"role": "user", "content": user}],
                output_config=output,
            )
        except anthropic.APIStatusError as refused:
            raise _said_no(refused) from refused
        except (anthropic.APIConnectionError, anthropic.APIResponseValidationError) as lost:
            raise ModelSilent(type(lost).__name__) from lost
        except ValueError as garbled:
            raise ModelSilent(NO_MESSAGE) from garbled
        if not _is_message(message):
            raise ModelSilent(NO_MESSAGE)
        return message, int((time.monotonic() - started) * 1000)


def _is_message(said: object) -> bool:
    """The SDK takes any body of a 200 for one: a proxy's page, half an answer, an error that came late."""
    if not (isinstance(said, Message) and isinstance(said.content, list) and isinstance(said.usage, Usage)):
        return False
    texts = [getattr(block, "text", None) for block in said.content if getattr(block, "type", "") == "text"]
    tokens = (said.usage.input_tokens, said.usage.output_tokens)
    return (
        isinstance(said.model, str)
        and isinstance(said.stop_reason, str | None)
        and all(isinstance(block, BaseModel) for block in said.content)
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(count, int) and 0 <= count < 2**31 for count in tokens)
    )


def _text(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def _written(message: Message, latency_ms: int) -> Written:
    return Written(
        text=storable(_text(message)),
        stop_reason=message.stop_reason,
        model=message.model,
        request_id=message._request_id,
        input_tokens=message.usage.input_tokens,
        output_tokens=message.usage.output_tokens,
        latency_ms=latency_ms,
        raw=storable(message.model_dump(mode="json", warnings=False)),
    )


def _answer(message: Message, latency_ms: int) -> Answer:
    content, repaired = read_json_object(_text(message))
    return Answer(
        content=storable(content),
        repaired=repaired,
        stop_reason=message.stop_reason,
        model=message.model,
        request_id=message._request_id,
        input_tokens=message.usage.input_tokens,
        output_tokens=message.usage.output_tokens,
        latency_ms=latency_ms,
        raw=storable(message.model_dump(mode="json", warnings=False)),
    )


def _said_no(refused: anthropic.APIStatusError) -> ModelSilent | ModelObjects:
    """By status, never by message text: the message may quote what a candidate said."""
    status = refused.status_code
    if status in LATER or status >= 500:
        return ModelSilent(f"HTTP {status}", _advised(refused.response.headers.get("retry-after")))
    return ModelObjects(f"HTTP {status}")


def _advised(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None
