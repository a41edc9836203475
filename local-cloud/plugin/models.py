"""AWS's service models, as botocore ships them: https://github.com/boto/botocore/tree/develop/botocore/data"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel


@cache
def _session() -> Any:
    return botocore.session.Session()


@cache
def names() -> frozenset[str]:
    """Botocore's names of all services."""
    return frozenset(_session().get_available_services())


@cache
def document(name: str) -> dict[str, Any]:
    """A model as it stands in its file. It is large: the first look at one takes a moment, and later ones none."""
    loaded: dict[str, Any] = _session().get_component("data_loader").load_service_model(name, "service-2")
    return loaded


@cache
def service(name: str) -> ServiceModel:
    """A model with its operations and shapes."""
    return ServiceModel(document(name), name)


@cache
def operation(service_name: str, name: str) -> OperationModel | None:
    """An operation of a model; None for one that it does not have."""
    try:
        return service(service_name).operation_model(name)
    except OperationNotFoundError:
        return None
