"""What a check says no with."""


class ReleaseError(Exception):
    """The release must not go on. The message says what is wrong and what to do, for a person."""
