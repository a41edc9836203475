"""Answers that differ from AWS's models, and that no client trips over: each with the reason.

All else that breaks a model makes a rehearsal fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Known:
    """One difference: of an operation, at a member, with a problem (each may hold `*`)."""

    operation: str
    member: str
    why: str
    problem: str = "*"


_OPEN = "the emulator has '' or 'Updating' where AWS has no code; the SDKs take any text for an enum"
_DROPPED = "the emulator's record has it; every SDK drops what its model does not have"

KNOWN: tuple[Known, ...] = (
    Known(
        "cloudformation:DescribeStackEvents",
        "stackEvents.*.member.resourceStatus",
        "AWS tells of a stack's own cleanup among its events, though the model has it for stacks only: "
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",
        "Value 'UPDATE_*COMPLETE_CLEANUP_IN_PROGRESS' *",
    ),
    Known("cloudformation:ValidateTemplate", "parameters.*.member.parameterType", _DROPPED),
    Known("athena:GetWorkGroup", "workGroup.workGroupConfiguration", _DROPPED),
    Known(
        "sns:ListTagsForResource",
        "code",
        "the emulator says the name of the error's shape, where AWS says ResourceNotFound: the SDKs name both alike",
        "ListTagsForResource has no error ResourceNotFoundException",
    ),
    Known("events:ListRules", "rules.*.member.createdBy", _DROPPED),
    Known("lambda:*", "*ReasonCode", _OPEN, "Value '' *"),
    Known("lambda:*", "*tateReasonCode", _OPEN, "Value 'Updating' *"),
    Known("glue:GetJob", "job.tags", _DROPPED),
    Known("glue:GetJobs", "jobs.*.member.tags", _DROPPED),
    Known(
        "sagemaker:DescribeModelPackage",
        "modelPackageName",
        "AWS does not tell it of a version in a group either, though its model requires it: "
        "https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html",
    ),
)


def known(operation: str, member: str, problem: str) -> bool:
    """Whether a difference of an answer stands in the list."""
    return any(
        fnmatchcase(operation, one.operation) and fnmatchcase(member, one.member) and fnmatchcase(problem, one.problem)
        for one in KNOWN
    )
