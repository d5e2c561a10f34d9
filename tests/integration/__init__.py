"""Whole flows over one installation: a package, so that the installation ends with the last of them."""
