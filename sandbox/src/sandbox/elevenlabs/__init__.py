"""ElevenLabs Conversational AI, outbound phone calls. Wire facts: providers.md section 1."""
