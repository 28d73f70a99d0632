"""Those who carry messages and calls. Twilio, and a pretend Twilio for the terminal."""
