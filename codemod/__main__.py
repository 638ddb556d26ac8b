"""``python -m codemod``: the command."""

import os
import sys

if sys.path[0] in ("", os.getcwd()):
    del sys.path[0]  # what lies in the current folder is to be read, not imported

from codemod.entry import main

main()
