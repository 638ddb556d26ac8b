"""Runs the tool over large public projects and checks every change without the tool's own code.

Nothing in here imports ``codemod``: the tool runs as a program of its own, and only the sites of its
JSON report are taken from it. ``python -m tests.real_input --help`` tells how to run it.
"""
