"""A small town of invented people, told as events, and the service running on real servers."""
