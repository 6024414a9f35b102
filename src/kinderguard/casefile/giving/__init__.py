"""What of a file is given out, to whom and on what ground."""
