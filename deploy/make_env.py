"""Print ``env.example`` with a random password wherever one is asked for. Standard library only."""

import re
import secrets
from pathlib import Path

EXAMPLE = Path(__file__).with_name("env.example")


def filled(example: str) -> str:
    """A password begins with a letter (NATS reads it as a word) and is safe in a URL."""
    asked_for = r"^(\w+_PASSWORD|SECRETS_KEY)=$"
    return re.sub(asked_for, lambda found: f"{found[1]}=rf-{secrets.token_hex(24)}", example, flags=re.M)


if __name__ == "__main__":
    print(filled(EXAMPLE.read_text()), end="")
