"""What the pages read: one statement per question, keyset pages, no loop of queries."""
