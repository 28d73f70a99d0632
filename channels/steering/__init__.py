"""/pilotage: for those who run the service. Counts of many, facts, and switches; nobody's conversation."""
