"""What every test may ask for: real NATS and PostgreSQL (see ``chassis.testing_servers``)."""

# These folders bear their packages' names: imported first, they are not taken for the packages.
import ops  # noqa: F401
import sandbox  # noqa: F401

pytest_plugins = ["chassis.testing_servers"]
