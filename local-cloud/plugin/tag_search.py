"""GetResources of the Resource Groups Tagging API: finds what the emulator forgets to look at, and answers in pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from . import services
from .emulator import Answer, cloudformation, cloudwatch, cloudwatch_logs, glue, responses, tagging

# https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
_PER_PAGE, _MOST_PER_PAGE = 50, 100

Handler = Callable[[dict[str, Any]], Answer]
Tagged = Iterator[tuple[str, list[dict[str, str]]]]


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{responses.get_region()}:{responses.get_account_id()}:{resource}"


def _listed(tags: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def of_services(service: str) -> Tagged:
    """What a service of ours holds."""
    status, reply = services.post("/tags", {})
    if status != 200:
        raise RuntimeError(f"The services host answered {status}: {reply}")
    for arn, tags in reply.get(service, {}).items():
        yield arn, _listed(tags)


def _log_groups() -> Tagged:
    for name, group in cloudwatch_logs._log_groups.items():
        yield _arn("logs", f"log-group:{name}"), _listed(group.get("tags"))


def _stacks() -> Tagged:
    for stack in cloudformation._stacks.values():
        if stack["StackStatus"] != "DELETE_COMPLETE":
            yield stack["StackId"], _listed({tag["Key"]: tag["Value"] for tag in stack.get("Tags") or []})


def _alarms() -> Tagged:
    for arn, tags in cloudwatch._resource_tags.items():
        yield arn, _listed(tags)


def _jobs() -> Tagged:
    """Tags that a job was made with stay in its record; those that came later are where the emulator looks."""
    for name, job in glue._jobs.items():
        yield glue._arn("job", name), _listed(job.get("Tags"))


def _get_resources(before: Handler, data: dict[str, Any]) -> Answer:
    per_page = data.get("ResourcesPerPage", _PER_PAGE)
    token = data.get("PaginationToken") or "0"
    if not 1 <= per_page <= _MOST_PER_PAGE:
        return services.error("InvalidParameterException", f"ResourcesPerPage: {per_page} is not 1 to {_MOST_PER_PAGE}")
    if not token.isdigit():
        return services.error("PaginationTokenExpiredException", "The PaginationToken is none of this account")
    status, headers, body = before(data)
    if status != 200:
        return status, headers, body
    start = int(token)
    found = [one for one in json.loads(body)["ResourceTagMappingList"] if one["Tags"]]
    end = start + per_page
    page = {"ResourceTagMappingList": found[start:end], "PaginationToken": str(end) if end < len(found) else ""}
    return status, headers, json.dumps(page).encode()


def install() -> None:
    """Puts them in; what the emulator finds itself one day is left to it."""
    collectors = tagging._COLLECTORS
    collectors.setdefault("logs", _log_groups)
    collectors.setdefault("cloudwatch", _alarms)
    collectors.setdefault("cloudformation", _stacks)
    glues = collectors["glue"]
    collectors["glue"] = lambda: chain(glues(), _jobs(), of_services("glue"))
    # Policies can ask for the tags of these as well: aws:ResourceTag.
    for service in ("scheduler", "cloudformation"):
        tagging._RESOURCE_TAG_COLLECTORS.setdefault(service, collectors[service])
    tagging._HANDLERS["GetResources"] = partial(_get_resources, tagging._HANDLERS["GetResources"])
