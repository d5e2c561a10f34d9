"""The PostgreSQL types of columns."""

ID, UUID, TEXT, WHEN, INT, YES, JSON = "int8", "uuid", "text", "timestamptz", "int4", "bool", "jsonb"
NUMBER = "float8"
