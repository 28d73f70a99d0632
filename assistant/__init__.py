"""The mind of Camille: understands, guides, remembers. Knows no channel."""
