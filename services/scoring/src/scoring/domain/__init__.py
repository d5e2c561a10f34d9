"""The rules of scoring: what the model is asked, and what of its answer is believed."""
