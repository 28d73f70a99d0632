"""How often anybody may ask, so that one cannot take Camille from the others: limits that give way to people first."""
