"""Labelled calls for the evaluation lab."""
