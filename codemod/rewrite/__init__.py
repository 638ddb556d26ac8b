"""Turns planned edits into the new text of a file, and proves it."""
