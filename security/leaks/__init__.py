"""A day of conversations full of secrets, and a search of everything that is left of it: `make attack`, and a test."""
