"""Finds out what names mean: in a file, and across the files of a tree."""
