"""How entries are kept: numbered, chained, encrypted, in tables, read back and checked."""
