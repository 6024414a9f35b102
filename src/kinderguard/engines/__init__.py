"""Ways to run a rule: one plan, and for each world an algebra that says what an operation means there."""
