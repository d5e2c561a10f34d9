"""What every test may ask for: real NATS and PostgreSQL (see ``chassis.testing_servers``)."""

pytest_plugins = ["chassis.testing_servers"]
