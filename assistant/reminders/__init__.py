"""When a person wants to hear from Camille again: understood, moved to decent hours, read back. Touches nothing."""
