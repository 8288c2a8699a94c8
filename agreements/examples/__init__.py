"""Examples: made up from a seed and a day, to show the register at work, to measure it and to test it. Decision 31."""
