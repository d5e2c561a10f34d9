"""Alembic's entry; the chassis knows how a service's schema is migrated."""

from chassis.migrations import run_env

run_env()
