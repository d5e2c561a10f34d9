"""Starts the sandbox: ``python -m sandbox.main``."""

from __future__ import annotations

import logging
import sys

import uvicorn

from sandbox.app import make_app
from sandbox.settings import SandboxSettings


def main() -> None:
    settings = SandboxSettings()
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    # Request lines of HTTP clients carry phone numbers in their paths.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    logging.getLogger("fpdf").setLevel(logging.WARNING)
    app = make_app(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
