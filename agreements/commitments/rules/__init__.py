"""What may be done with a commitment, by whom, and what follows from it."""
