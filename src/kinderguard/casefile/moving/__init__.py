"""How a file goes from one division to another, and who may write to it."""
