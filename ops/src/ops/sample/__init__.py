"""A lead export as Meta's Ads Manager writes it, of people who don't exist."""

from pathlib import Path

LEADS = Path(__file__).parent / "Consilier-vanzari_Leads_2026-11-14_2026-11-16.csv"
"""UTF-16LE with BOM, tabs, CRLF. Written by ``python -m ops.sample.write``; a test compares."""
