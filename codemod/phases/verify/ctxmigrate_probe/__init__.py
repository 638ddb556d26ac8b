"""Tries whether a function keeps sessions. It runs in the Python of the tree under test, in a process of its own, so
it imports nothing but the standard library and, relatively, itself.

``run`` reads a request from a file, and writes a line of JSON to another when a step begins and when it is done: what
is known stays known whatever the tree's code prints, and however it ends.
"""

CALLS = 100
"""How many threads or tasks call the function at once."""
