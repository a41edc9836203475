"""CloudFormation answers a request that comes again with its token as before: SDKs ask twice where an answer is lost.

"Specify this token if you plan to retry requests so that CloudFormation knows that you're not attempting to create a
stack with the same name": https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from .emulator import Answer, Json, cloudformation, helpers

_TOKENS = {
    "CreateStack": "ClientRequestToken",
    "UpdateStack": "ClientRequestToken",
    "ExecuteChangeSet": "ClientRequestToken",
    "CreateChangeSet": "ClientToken",
}
#: Answers that are kept; a retry comes within seconds.
_KEPT = 100


def answering_again(operation: str, handler: Callable[[Json], Answer]) -> Callable[[Json], Answer]:
    """Answers a request that was carried out, and comes again with its token, with the first answer."""
    answers: OrderedDict[tuple[str, ...], Answer] = OrderedDict()

    def handle(params: Json) -> Answer:
        token = helpers._p(params, _TOKENS[operation])
        if not token:
            return handler(params)
        key = (helpers._p(params, "StackName"), helpers._p(params, "ChangeSetName"), token)
        if key in answers:
            return answers[key]
        answer = handler(params)
        if answer[0] == 200:
            answers[key] = answer
            if len(answers) > _KEPT:
                answers.popitem(last=False)
        return answer

    return handle


def install() -> None:
    """Behind what asks IAM, so that a repeated request is allowed or refused as any other."""
    table = cloudformation._ACTION_HANDLERS
    for operation in _TOKENS:
        table[operation] = answering_again(operation, table[operation])
