"""Services that only ours answer: where their requests go, that IAM decides about them, and where their tags are."""

from __future__ import annotations

from functools import partial

from .emulator import iam_actions, router, tagging
from .tag_search import of_services

# What `x-amz-target` begins with, and the host.
_KNOWN_BY = {
    "sagemaker": ("SageMaker.", r"^api\.sagemaker\."),
    "codepipeline": ("CodePipeline_20150709.", r"^codepipeline\."),
    "servicequotas": ("ServiceQuotasV20190624.", r"^servicequotas\."),
    "freetier": ("AWSFreeTierService.", r"^freetier\."),
    "application-autoscaling": ("AnyScaleFrontendService.", r"^application-autoscaling\."),
}
# The emulator knows CodeBuild, and none of the projects that ours has.
_TAGGED = ("codebuild", "codepipeline", "sagemaker")


def install() -> None:
    """Makes the emulator know them; what it knows itself one day is left to it."""
    for service, (target, host) in _KNOWN_BY.items():
        router.SERVICE_PATTERNS.setdefault(service, {"target_prefixes": [target], "host_patterns": [host]})
        iam_actions.SERVICE_TO_IAM_NAMESPACE.setdefault(service, service)
    for service in _TAGGED:
        tagging._COLLECTORS.setdefault(service, partial(of_services, service))
    # Policies can ask for tags of these.
    tagging._RESOURCE_TAG_COLLECTORS.setdefault("sagemaker", partial(of_services, "sagemaker"))
