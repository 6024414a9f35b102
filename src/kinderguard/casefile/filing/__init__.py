"""How children get into their files: whose file it is, and what of a list or a person's word is written."""
