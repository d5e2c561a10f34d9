"""Whose CV is this file? The rules, without any reading or asking: facts in, a verdict out."""
