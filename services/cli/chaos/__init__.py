"""Kills processes between named steps of a real run, and counts what became of every promise."""
