"""Commands in what Verify says: its messages are read by the learner whose lab it is."""

import os

DEFAULT_LEARNER = "me"


def step(name: str) -> str:
    """``./lab step deployment source``, with the learner's name where one is needed."""
    learner = os.environ.get("LEARNER") or DEFAULT_LEARNER
    return f"./lab step deployment {name}" + ("" if learner == DEFAULT_LEARNER else f" --learner {learner}")
