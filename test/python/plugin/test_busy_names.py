"""A name that was given up a moment ago is busy, and free again after a while."""

from __future__ import annotations

import pytest
from plugin.busy_names import BusyNames

QUEUE = "AWS::SQS::Queue"


def test_a_name_is_busy_after_its_deletion_and_free_again_later() -> None:
    now = [0.0]
    names = BusyNames(lambda: now[0])
    names.check(QUEUE, "letters")
    names.gave_up(QUEUE, "letters")
    with pytest.raises(ValueError, match="wait 60 seconds after deleting a queue"):
        names.check(QUEUE, "letters")
    names.check(QUEUE, "others")
    names.check("AWS::Logs::LogGroup", "letters")
    now[0] = 60.0
    names.check(QUEUE, "letters")
