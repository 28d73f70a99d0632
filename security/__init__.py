"""What is run to know whether the libraries are safe: the audit of the locks, and the list of what they are."""
