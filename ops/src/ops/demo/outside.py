"""What the outside world did and is about to do, by the sandbox's own account."""
