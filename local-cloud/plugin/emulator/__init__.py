"""The one place of the plug-in that knows MiniStack, whose private names it holds on to.

Each class of this package declares what we read, call, replace or add in one module of the emulator. The object of that
class is the module itself, so that a name is looked up when it is used. `replace` and `add` change the emulator.
docs/emulator.md says how the declarations are held against another version.
"""

from .binding import AccountStore, Answer, Handler, Json, RegionStore, add, loaded_services, replace
from .names_cloudformation import (
    changesets,
    cloudformation,
    custom_resource,
    engine,
    handlers,
    helpers,
    provisioners,
    stacks,
)
from .names_cloudwatch import cloudwatch, cloudwatch_logs
from .names_core import Decision, app, core_arn, iam_actions, iam_evaluator, lambda_runtime, responses, router
from .names_events import eventbridge, lambda_svc, scheduler, sns
from .names_resources import athena, glue, iam, s3, sts, tagging

VERSION = "1.5.33"
"""What the declarations were last held against: the version that local-cloud/requirements.in pins."""

__all__ = [
    "VERSION",
    "AccountStore",
    "Answer",
    "Decision",
    "Handler",
    "Json",
    "RegionStore",
    "add",
    "app",
    "athena",
    "changesets",
    "cloudformation",
    "cloudwatch",
    "cloudwatch_logs",
    "core_arn",
    "custom_resource",
    "engine",
    "eventbridge",
    "glue",
    "handlers",
    "helpers",
    "iam",
    "iam_actions",
    "iam_evaluator",
    "lambda_runtime",
    "lambda_svc",
    "loaded_services",
    "provisioners",
    "replace",
    "responses",
    "router",
    "s3",
    "scheduler",
    "sns",
    "stacks",
    "sts",
    "tagging",
]
