"""Providers on loopback: ElevenLabs, Anthropic, Whapi and Gmail as they speak on the wire.

The sandbox is a provider, not a mock: product code reaches it by base URL alone and can't tell. It depends on
nothing of the product but the clock, so that waiting hours pass at the same pace on both sides.
"""
