"""Alembic's entry point: the chassis knows how a service is migrated."""

from chassis.migrations import run_env

run_env()
