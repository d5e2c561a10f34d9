"""The page at ``/``: comes with the next commit."""

from __future__ import annotations

from fastapi import APIRouter

from sandbox.stage import Stage


def router(stage: Stage) -> APIRouter:
    return APIRouter()
