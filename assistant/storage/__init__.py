"""What is remembered: progress, consent, the inbox. Our own tables; Rasa's tracker is thrown away after each turn."""
