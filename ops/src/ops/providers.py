"""The sandbox as provider: base URLs, keys and secrets that both sides are given.

They stand in for the variables of recruitflow.md 13; with ``--no-sandbox`` the environment's own are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.instance import Instance

SANDBOX_VARIABLES = (
    *("ELEVENLABS_", "ANTHROPIC_", "WHAPI_", "META_", "GOOGLE_", "GMAIL_"),
    *("SANDBOX_", "GATEWAY_"),
)
"""Variables with these beginnings are not taken from the user: a real key must not end up in the sandbox."""


def sandbox_environment(instance: Instance) -> dict[str, str]:
    url, keys, options = instance.sandbox_url, instance.keys, instance.options
    return {
        "SANDBOX_PORT": str(instance.ports.sandbox),
        "SANDBOX_STATE": str(instance.folder / "sandbox"),
        "SANDBOX_SEED": options.seed,
        **({"SANDBOX_PEOPLE": str(options.people)} if options.people else {}),
        "GATEWAY_URL": f"http://127.0.0.1:{instance.ports.gateway}",
        "ELEVENLABS_BASE_URL": f"{url}/elevenlabs",
        "ELEVENLABS_API_KEY": keys.get("elevenlabs.key"),
        "ELEVENLABS_AGENT_ID": "agent_sandbox",
        "ELEVENLABS_PHONE_NUMBER_ID": "phnum_sandbox",
        "ELEVENLABS_WEBHOOK_SECRET": f"wsec_{keys.get('elevenlabs.webhook')}",
        "ANTHROPIC_BASE_URL": f"{url}/anthropic",
        "ANTHROPIC_API_KEY": keys.get("anthropic.key"),
        "WHAPI_API_URL": f"{url}/whapi",
        "WHAPI_TOKEN": keys.get("whapi.token"),
        "WHAPI_WEBHOOK_SECRET": keys.get("whapi.webhook"),
        "META_GRAPH_URL": f"{url}/meta",
        "META_ACCESS_TOKEN": keys.get("meta.token"),
        "META_APP_SECRET": keys.get("meta.webhook"),
        "META_VERIFY_TOKEN": keys.get("meta.verify"),
        "GMAIL_BASE_URL": f"{url}/gmail",
        "GOOGLE_AUTH_URI": f"{url}/google-auth/o/oauth2/v2/auth",
        "GOOGLE_TOKEN_URI": f"{url}/google-token/token",
        "GOOGLE_REVOKE_URI": f"{url}/google-token/revoke",
        "GOOGLE_REDIRECT_URI": f"{instance.address}/settings/gmail/callback/",
        # The library refuses to carry tokens without TLS, even on loopback.
        "OAUTHLIB_INSECURE_TRANSPORT": "1",
        "GOOGLE_CLIENT_ID": "sandbox-client",
        "GOOGLE_CLIENT_SECRET": keys.get("google.client"),
        "GOOGLE_REFRESH_TOKEN": keys.get("google.refresh"),
        "GMAIL_ADDRESS": "recruiting@example.com",
        "GMAIL_SENDER": "Recruiting <recruiting@example.com>",
        # Whoever plays a candidate on the sandbox's page wants to wait neither for a quarter of an hour nor
        # for the morning.
        **({} if options.clock_file else {"GMAIL_POLL_MINUTES": "0.25", "QUIET_HOURS": ""}),
    }


NEEDED = {
    "ELEVENLABS_API_KEY": "nobody can be called",
    "ELEVENLABS_AGENT_ID": "nobody can be called",
    "ELEVENLABS_PHONE_NUMBER_ID": "nobody can be called",
    "ELEVENLABS_WEBHOOK_SECRET": "what became of a call is only learned by asking",
    "ANTHROPIC_API_KEY": "no call is evaluated",
    "WHAPI_TOKEN": "no WhatsApp is sent",
    "WHAPI_WEBHOOK_SECRET": "no WhatsApp is taken in",
    "META_APP_SECRET": "live leads of Meta's forms are not taken in, files are",
    "META_VERIFY_TOKEN": "Meta can't be told to announce live leads",
    "META_ACCESS_TOKEN": "live leads are held until it is set",
    "GOOGLE_CLIENT_ID": "Gmail can't be connected: no email is sent or read",
    "GOOGLE_CLIENT_SECRET": "Gmail can't be connected: no email is sent or read",
}
"""What real providers need, and what does not work without it."""


def what_is_missing(environment: Mapping[str, str]) -> list[str]:
    """A line for each variable that is not set."""
    return [f"{name} is not set: {so}." for name, so in NEEDED.items() if not environment.get(name)]
