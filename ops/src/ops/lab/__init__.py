"""``recruitflow lab``: labelled calls judged by a model, measured, and shown as one page."""
