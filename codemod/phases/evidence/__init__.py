"""What the source alone shows of each phase: pure functions from the tree to the items of ``codemod.status``."""
