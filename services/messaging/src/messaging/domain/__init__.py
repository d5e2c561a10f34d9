"""The rules of messaging: who is written to, with which words, when again; what an inbound message says."""
