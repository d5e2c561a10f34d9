"""Real servers for machines that have none: NATS with JetStream and PostgreSQL, straight from their wheels.

Behind the extra ``chassis[servers]``: the command line and the tests carry it, services don't. Both servers
listen on 127.0.0.1 only, keep everything below one folder, and end when the process that started them ends.
Start them from the main thread: the kernel ties "ends with its parent" to the thread that forked.
"""

from chassis.servers.databases import (
    ServiceDatabase,
    copy_database,
    drop_database,
    make_database,
    provide_schema,
)
from chassis.servers.nats import NatsServer, NatsUser
from chassis.servers.postgres import PostgresServer
from chassis.servers.processes import (
    Child,
    PortTaken,
    ServerFailed,
    check_port,
    end_with_parent,
    free_port,
)

__all__ = [
    "Child",
    "NatsServer",
    "NatsUser",
    "PortTaken",
    "PostgresServer",
    "ServerFailed",
    "ServiceDatabase",
    "check_port",
    "copy_database",
    "drop_database",
    "end_with_parent",
    "free_port",
    "make_database",
    "provide_schema",
]
