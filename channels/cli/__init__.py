"""The terminal is one more face: the `camille` command."""
