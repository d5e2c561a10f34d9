"""The pipeline shown from import to closed, on an instance of its own, in a minute."""
