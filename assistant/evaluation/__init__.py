"""How well Camille understands: labelled messages in, honest figures, a report and a picture out."""
