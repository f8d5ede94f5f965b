"""Output: what was found, as a terminal, a program or another tool reads it."""
