"""Meta's lead ads: forms that people fill in, and the Graph API. Wire facts: providers.md section 7.2."""
