"""The guided paths: what a journey is, how it is read, and how a person moves along it."""
