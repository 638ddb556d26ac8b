"""A rewrite as independent patches: the files of each owner, after those that the files of others need.

No file is in two patches, so that they give the tree of one rewrite in any order. With the first one applied,
any of the others can be, and the program works: all that a file needs is in its own patch or in the first.
"""
