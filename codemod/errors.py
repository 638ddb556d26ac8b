"""The error that ends a run before it starts."""


class UsageError(Exception):
    """A command line or a configuration that cannot be used; its text is the whole message for the user."""
