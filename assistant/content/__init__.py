"""What Camille says: journeys, answers and the facts they rest on, read from data/ and checked before use."""
