"""Whether our WhatsApp number works: Whapi's ``GET /health``, without waking it. Source: providers.md 3.6."""

from __future__ import annotations

import httpx2

from messaging.domain.channel_state import Known
from messaging.ports.access import Health

MENDED_BY_TOKEN = "Look up the channel's token in Whapi's dashboard and have it set as WHAPI_TOKEN."  # noqa: S105
MENDED_BY_SCAN = "Open the channel in Whapi's dashboard and scan its QR code with the phone."
STATES = {
    "QR": "The phone is no longer linked to WhatsApp's channel.",
    "STOP": "The WhatsApp channel was stopped.",
}
"""Those that a person has to mend; the others pass."""


class WhapiHealth:
    def __init__(self, *, token: str, base_url: str, timeout: float) -> None:
        self._token = token
        self._url = f"{base_url.rstrip('/')}/health"
        self._timeout = timeout

    async def health(self) -> Health:
        if not self._token:
            return Health("never")
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with httpx2.AsyncClient(timeout=self._timeout) as http:
                answer = await http.get(self._url, params={"wakeup": "false"}, headers=headers)
            body = answer.json()
        except (httpx2.HTTPError, ValueError) as lost:
            return self._is("away", problem=f"WhatsApp's provider does not answer ({type(lost).__name__}).")
        if answer.status_code in (401, 403):
            return self._is("lost", problem="WhatsApp's provider refuses our token.", mend=MENDED_BY_TOKEN)
        if answer.status_code == 402:
            problem = "The plan at WhatsApp's provider is used up or unpaid."
            return self._is("lost", problem=problem, mend="See to it in Whapi's dashboard.")
        if answer.status_code != 200 or not isinstance(body, dict):
            return self._is("away", problem=f"WhatsApp's provider answers HTTP {answer.status_code}.")
        return self._read(body)

    def _read(self, body: dict[str, object]) -> Health:
        status, user = body.get("status"), body.get("user")
        text = str(status.get("text") or "") if isinstance(status, dict) else ""
        if text == "AUTH":
            account = str(user.get("id") or "") if isinstance(user, dict) else ""
            number = f"+{account}" if account.isdigit() else account or None
            return self._is("connected", account=number)
        if text in STATES:
            return self._is("lost", problem=STATES[text], mend=MENDED_BY_SCAN)
        return self._is("away", problem=f"WhatsApp's channel is not ready ({text or 'it does not say why'}).")

    def _is(
        self, state: Known, account: str | None = None, problem: str | None = None, mend: str | None = None
    ) -> Health:
        return Health(state, account, problem, mend, self._token)
