"""Speed and size of Camille, side by side with a stock Rasa. Run by `make bench`; see README.md here."""
