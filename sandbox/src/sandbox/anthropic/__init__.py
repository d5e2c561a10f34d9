"""The Anthropic Messages API, answered by plain rules. Wire facts: providers.md section 2.

The model behind it is called rules-1 and says so in the header ``x-sandbox-model``. It reads what the request
contains and nothing else.
"""
