"""Exercises handed in, run where they can do no harm, and marked (every chapter)."""
