"""The request that makes the budget is one that AWS's own model takes; a unit test holds the file to what is sent."""

import json
import re
from pathlib import Path

import botocore.session
import pytest
from botocore.model import ServiceModel, StructureShape
from botocore.validate import ParamValidator

REQUEST = json.loads((Path(__file__).parent / "request.json").read_text())


@pytest.fixture(scope="module")
def budgets() -> ServiceModel:
    return botocore.session.get_session().get_service_model("budgets")


def faults(budgets: ServiceModel, request: object) -> str:
    shape = budgets.operation_model("CreateBudget").input_shape
    assert isinstance(shape, StructureShape)
    return ParamValidator().validate(request, shape).generate_report()


def test_the_model_takes_the_request(budgets: ServiceModel) -> None:
    assert faults(budgets, REQUEST) == ""


def test_the_model_would_refuse_another(budgets: ServiceModel) -> None:
    assert "TimeUnit" in faults(budgets, {**REQUEST, "Budget": {"BudgetName": "mla-labs", "BudgetType": "COST"}})


def test_names_and_choices_are_those_of_the_model(budgets: ServiceModel) -> None:
    """A validator of parameters looks at neither patterns nor enumerations."""
    budget = REQUEST["Budget"]
    assert re.fullmatch(r"(?![^:\\]*/action/)[^:\\]+", budget["BudgetName"])
    for shape, value in [
        ("BudgetType", budget["BudgetType"]),
        ("TimeUnit", budget["TimeUnit"]),
        *(
            (name, one["Notification"][name])
            for one in REQUEST["NotificationsWithSubscribers"]
            for name in one["Notification"]
            if name != "Threshold"
        ),
        *(
            ("SubscriptionType", s["SubscriptionType"])
            for one in REQUEST["NotificationsWithSubscribers"]
            for s in one["Subscribers"]
        ),
    ]:
        assert value in budgets.shape_for(shape).metadata["enum"]
    assert len(REQUEST["NotificationsWithSubscribers"]) <= 5
