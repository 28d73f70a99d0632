"""Rasa actions, one a file, thin: the tracker in, the guide asked, the new place and the words out."""
