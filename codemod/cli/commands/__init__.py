"""The commands: each module here is the command of its name, in ``command``."""
