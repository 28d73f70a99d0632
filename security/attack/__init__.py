"""Attacks on the real processes of Camille, and a ledger of what came of each: `make attack`."""
