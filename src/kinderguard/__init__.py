"""kinderguard."""
