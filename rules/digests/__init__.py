"""What a digest says: each section in its own file, from facts that were gathered for it."""
