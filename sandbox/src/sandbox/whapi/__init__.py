"""Whapi.Cloud, a WhatsApp gateway: one channel, one number. Wire facts: providers.md section 3."""
