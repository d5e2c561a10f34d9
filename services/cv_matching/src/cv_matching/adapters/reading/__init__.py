"""Readers of documents. They run in the process of ``document_child`` only, where each may die."""
