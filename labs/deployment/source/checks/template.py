"""Is the template of the endpoints one that the pipeline can deploy, and roll back?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cfnlint.api import ManualArgs, lint_file
from cfnlint.decode import decode

from .command import step
from .release_error import ReleaseError

TEMPLATE = Path("endpoint.template.yaml")
VARIANT = "AllTraffic"
TYPES = ("AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint")
# Kept under a name, a model or configuration cannot be replaced, so no other version could ever be deployed.
NAMES = {"AWS::SageMaker::Model": "ModelName", "AWS::SageMaker::EndpointConfig": "EndpointConfigName"}


def check(env: dict[str, str]) -> dict[str, Any]:
    """Reads the template, looks at what the pipeline counts on, and lints it."""
    if not TEMPLATE.exists():
        raise ReleaseError(
            f"source.zip has no {TEMPLATE} at its root. Zip the files themselves, not their folder "
            f"({step('source')} uploads it whole)."
        )
    require(parse(), env["PARAMETERS"].split(","))
    warnings = lint(env.get("AWS_REGION", "us-east-1"))
    return {"message": f"{TEMPLATE} is one that can be deployed", "warnings": warnings}


def parse() -> dict[str, Any]:
    template, problems = decode(str(TEMPLATE))
    if problems or not isinstance(template, dict):
        first = problems[0] if problems else None
        where = f", line {first.linenumber}: {first.message}" if first else ""
        raise ReleaseError(f"{TEMPLATE} is neither YAML nor JSON of a CloudFormation template{where}")
    return dict(template)


def require(template: dict[str, Any], passed: list[str]) -> None:
    """What the pipeline counts on, whatever else the template has."""
    resources = template.get("Resources")
    if not isinstance(resources, dict):
        raise ReleaseError(f"{TEMPLATE} has no Resources.")
    parameters = template.get("Parameters") or {}
    missing = [name for name in passed if name not in parameters]
    if missing:
        raise ReleaseError(f"{TEMPLATE} lacks the parameters {', '.join(missing)}, which the pipeline passes.")
    for kind in TYPES:
        found = [one for one in resources.values() if isinstance(one, dict) and one.get("Type") == kind]
        if len(found) != 1:
            raise ReleaseError(f"{TEMPLATE} has {len(found)} resources of the type {kind}; it needs exactly one.")
        properties = found[0].get("Properties") or {}
        if kind in NAMES and NAMES[kind] in properties:
            raise ReleaseError(
                f"{TEMPLATE} gives its {kind} the fixed {NAMES[kind]} {properties[NAMES[kind]]!r}. CloudFormation "
                "cannot replace what has a fixed name, so the next version could not be deployed: leave the name out."
            )
        if kind == "AWS::SageMaker::EndpointConfig":
            require_variant(properties)


def require_variant(properties: dict[str, Any]) -> None:
    variants = properties.get("ProductionVariants")
    names = [one.get("VariantName") for one in variants] if isinstance(variants, list) else []
    if names != [VARIANT]:
        raise ReleaseError(
            f"{TEMPLATE} names its variants {names!r}; it needs one, {VARIANT!r}, as alarms and later versions know it."
        )


def lint(region: str) -> list[str]:
    """Runs cfn-lint. @return its warnings; an error refuses the release"""
    found = lint_file(TEMPLATE, config=ManualArgs(regions=[region]))
    told = [(one.rule.severity, f"{one.rule.id} line {one.linenumber}: {one.message}") for one in found]
    errors = [text for severity, text in told if severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise ReleaseError(f"cfn-lint finds a fault in {TEMPLATE}: {errors[0]}{more}")
    return [text for severity, text in told if severity != "error"]
