"""How a file ends: closed, and in time erased."""
