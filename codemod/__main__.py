"""``python -m codemod`` is ``ctxmigrate``."""

from codemod.cli import main

main(prog_name="ctxmigrate")
