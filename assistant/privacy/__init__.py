"""What keeps people's secrets: masking, pseudonyms, retention, erasure."""
