"""Decides what becomes of each site: the rules, and what depends on other verdicts."""
