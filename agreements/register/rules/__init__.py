"""What may be done with an agreement, by whom, and what follows from it."""
