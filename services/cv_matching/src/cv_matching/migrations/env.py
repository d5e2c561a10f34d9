"""Alembic's entry: the chassis knows the database, the schema and the role."""

from chassis.migrations import run_env

run_env()
