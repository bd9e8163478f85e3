"""Endpoints in one call: plan, deploy, see why it failed, tear down.

::

    spec = EndpointSpec.from_yaml("churn.yaml")
    print(await plan(client, spec))
    deployment = await deploy(client, spec, on_event=print)
"""

from .._failure_kinds import FailureKind
from ..sagemaker.described import as_request
from .deploying import Deployment, deploy, plan
from .events import Event
from .failures import DeploymentFailed, DeploymentRolledBack, Failure, failure
from .iterating import deploying
from .logs import LogLine, logs
from .names import OWNER_TAG
from .plans import Action, Change, Difference, Plan
from .scaling_spec import ScalingSpec
from .spec import EndpointSpec
from .spec_text import SpecError
from .tearing_down import Teardown, plan_teardown, teardown

__all__ = [
    "OWNER_TAG",
    "Action",
    "Change",
    "Deployment",
    "DeploymentFailed",
    "DeploymentRolledBack",
    "Difference",
    "EndpointSpec",
    "Event",
    "Failure",
    "FailureKind",
    "LogLine",
    "Plan",
    "ScalingSpec",
    "SpecError",
    "Teardown",
    "as_request",
    "deploy",
    "deploying",
    "failure",
    "logs",
    "plan",
    "plan_teardown",
    "teardown",
]
