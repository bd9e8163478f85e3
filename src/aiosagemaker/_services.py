"""The services, one row each: all that the library knows of a service as a whole and its model does not say.

Whatever lists services reads this table: the package's face, the errors, the command line, the documentation, the
generator, the tests.
"""

from __future__ import annotations

# `aiosagemaker --version` reads this too, and typing takes as long to import as half of Python's start.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_{}.html"
PAGE_BY_MODEL = "https://docs.aws.amazon.com/goto/WebAPI/{}/{{}}"
"""Leads to an operation's page, wherever it is, by the model's `uid`."""


class Service:
    """One row."""

    name: str
    package: str
    client: str
    title: str
    page: str
    bases: Mapping[str, tuple[str, str, str]]
    mixins: Mapping[str, str]
    recovery: Mapping[str, str]
    own: Mapping[str, tuple[str, ...]]
    views: Mapping[str, tuple[str, str]]

    __slots__ = ("bases", "client", "mixins", "name", "own", "package", "page", "recovery", "title", "views")

    def __init__(
        self,
        name: str,
        package: str,
        client: str,
        title: str,
        page: str,
        *,
        mixins: Mapping[str, str] | None = None,
        recovery: Mapping[str, str] | None = None,
        own: Mapping[str, tuple[str, ...]] | None = None,
        bases: Mapping[str, tuple[str, str, str]] | None = None,
        views: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.name = name
        """botocore's name: the folder of its model, its endpoint rules and its waiters."""
        self.package = package
        """Our package for it."""
        self.client = client
        """The class of its client."""
        self.title = title
        """What people call it."""
        self.page = page
        """The address of an operation's page in the API reference, with `{}` for the operation."""
        self.mixins = mixins or {}
        """What its client can do beside its operations: classes written by hand, and their modules in the package."""
        self.recovery = recovery or {}
        """What it knows of its own refusals: a `Recovery` written by hand, and its module in the package."""
        self.bases = bases or {}
        """What some of its structures can do beside what all can: by structure a base class written by hand, its module
        and the structure that is its parameter."""
        self.own = own or {}
        """What the package offers beside its shapes: modules written by hand, and the names that they offer. A module
        whose name begins with a dot stands beside the package."""
        self.views = views or {}
        """What shows some of its structures otherwise than by their members: by structure a function written by hand
        and its module."""


_CHAT = {
    "._chat.stream": ("ChatStream",),
    "._chat.types": ("ChatChoice", "ChatCompletion", "ChatDelta", "ChatUsage", "ToolCall", "ToolCallDelta"),
}

SERVICES = (
    Service(
        "sagemaker",
        "sagemaker",
        "SageMakerClient",
        "Amazon SageMaker",
        _REFERENCE,
        mixins={"EndpointWaits": "endpoint_waits", "SettledWaits": "settled_waits"},
        recovery={"ControlPlaneRecovery": "recovery"},
        bases={
            f"Describe{each}Response": ("Described", "described", f"Create{each}Request")
            for each in ("Endpoint", "EndpointConfig", "InferenceComponent", "Model")
        },
        own={"endpoint_goal": ("EndpointTarget",), "rules": ("Finding", "check")},
        views={"DescribeEndpointResponse": ("endpoint_view", "endpoint_view")},
    ),
    Service(
        "sagemaker-runtime",
        "sagemaker_runtime",
        "SageMakerRuntimeClient",
        "Amazon SageMaker Runtime",
        _REFERENCE.format("runtime_{}"),
        mixins={"Chats": "chat", "RuntimeExtras": "extras"},
        recovery={"RuntimeRecovery": "recovery"},
        own={
            "bulk": ("Checkpoint", "Outcome"),
            **_CHAT,
        },
    ),
    Service(
        "sagemaker-a2i-runtime",
        "sagemaker_a2i_runtime",
        "SageMakerA2IRuntimeClient",
        "Amazon Augmented AI Runtime",
        "https://docs.aws.amazon.com/augmented-ai/2019-11-07/APIReference/API_{}.html",
    ),
    Service(
        "sagemaker-edge",
        "sagemaker_edge",
        "SageMakerEdgeClient",
        "Amazon SageMaker Edge Manager",
        _REFERENCE.format("edge_{}"),
    ),
    Service(
        "sagemaker-featurestore-runtime",
        "sagemaker_featurestore_runtime",
        "SageMakerFeatureStoreRuntimeClient",
        "Amazon SageMaker Feature Store Runtime",
        _REFERENCE.format("feature_store_{}"),
    ),
    Service(
        "sagemaker-gateway-runtime",
        "sagemaker_gateway_runtime",
        "SageMakerGatewayRuntimeClient",
        "Amazon SageMaker Gateway Runtime",
        PAGE_BY_MODEL.format("sagemaker-gateway-runtime-2026-10-01"),
        mixins={"GatewayChats": "chat"},
        own=_CHAT,
    ),
    Service(
        "sagemaker-geospatial",
        "sagemaker_geospatial",
        "SageMakerGeospatialClient",
        "Amazon SageMaker geospatial capabilities",
        _REFERENCE.format("geospatial_{}"),
    ),
    Service(
        "sagemaker-inference-router-runtime",
        "sagemaker_inference_router_runtime",
        "SageMakerInferenceRouterRuntimeClient",
        "Amazon SageMaker Inference Router Runtime",
        PAGE_BY_MODEL.format("sagemaker-inference-router-runtime-2026-01-01"),
        mixins={"RouterChats": "chat"},
        own=_CHAT,
    ),
    Service(
        "sagemaker-metrics",
        "sagemaker_metrics",
        "SageMakerMetricsClient",
        "Amazon SageMaker Metrics",
        _REFERENCE.format("metrics_{}"),
    ),
    Service(
        "sagemakerjobruntime",
        "sagemaker_job_runtime",
        "SageMakerJobRuntimeClient",
        "Amazon SageMaker Job Runtime",
        PAGE_BY_MODEL.format("sagemakerjobruntime-2026-02-01"),
    ),
    Service(
        "sagemakertrainingsessionruntime",
        "sagemaker_training_session_runtime",
        "SageMakerTrainingSessionRuntimeClient",
        "Amazon SageMaker Training Session Runtime",
        PAGE_BY_MODEL.format("sagemakertrainingsessionruntime-2025-02-10"),
    ),
    Service(
        "application-autoscaling",
        "application_autoscaling",
        "ApplicationAutoScalingClient",
        "Application Auto Scaling",
        "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_{}.html",
    ),
)
"""In the order in which a name that several have is looked for."""

BY_NAME = {service.name: service for service in SERVICES}
BY_PACKAGE = {service.package: service for service in SERVICES}
