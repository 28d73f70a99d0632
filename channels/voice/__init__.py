"""The telephone: keys and speech at every turn, spoken TwiML out."""
