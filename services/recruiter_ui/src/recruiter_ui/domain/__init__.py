"""What the pages say and how facts become rows. Standard library only."""
