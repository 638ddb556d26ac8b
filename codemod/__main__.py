"""``python -m codemod``: the command."""

from codemod.entry import main

main()
