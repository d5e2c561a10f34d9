"""The Gmail API and Google's token endpoint, one mailbox. Wire facts: providers.md section 5."""
