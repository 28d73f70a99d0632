"""A pretend Pro Santé Connect, for one machine and for tests. It is never started on a public address."""
