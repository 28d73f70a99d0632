"""SMS: Twilio's form in, one TwiML message out."""
