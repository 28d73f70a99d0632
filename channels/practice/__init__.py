"""Those who work in a practice: what they sign in to, show, print and send so that a patient finds Camille."""
