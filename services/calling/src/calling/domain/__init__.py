"""The rules of calling people. Standard library only; nothing in here reads a clock or does I/O."""
