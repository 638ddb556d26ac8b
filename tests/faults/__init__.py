"""Makes what writes fail, call by call, and holds that no file is lost.

``cases`` are commands over a tree, ``shim`` lets one operation of a process fail or kill it, ``server`` starts
such processes, ``laws`` is what must hold afterwards, and ``campaign`` goes through all operations of all cases.
``traced`` does the same at the system calls of the real command, by strace.
"""
