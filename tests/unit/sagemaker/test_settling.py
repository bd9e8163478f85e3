"""The table of statuses, read by a person once: a status that is new fails here, and not a user."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from aiosagemaker.errors import ArgumentError
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.sagemaker.settling import CORRECTIONS, settling, status_member

# By operation: on the way, well, bad.
TABLES: dict[str, tuple[str, str, str]] = {
    "DescribeAIBenchmarkJob": ("InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeAIRecommendationJob": ("InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeAction": ("Unknown InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeAlgorithm": ("Pending InProgress Deleting", "Completed", "Failed"),
    "DescribeApp": ("Deleting Pending", "InService", "Deleted Failed"),
    "DescribeAutoMLJob": ("InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeAutoMLJobV2": ("InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeCluster": ("Creating Deleting RollingBack SystemUpdating Updating", "InService", "Failed"),
    "DescribeClusterOperation": ("InProgress", "Done", "Superseded"),
    "DescribeClusterSchedulerConfig": (
        "Creating Updating Deleting",
        "Created Updated",
        "CreateFailed CreateRollbackFailed UpdateFailed UpdateRollbackFailed DeleteFailed DeleteRollbackFailed Deleted",
    ),
    "DescribeCompilationJob": ("INPROGRESS STARTING STOPPING", "COMPLETED", "FAILED STOPPED"),
    "DescribeComputeQuota": (
        "Creating Updating Deleting",
        "Created Updated",
        "CreateFailed CreateRollbackFailed UpdateFailed UpdateRollbackFailed DeleteFailed DeleteRollbackFailed Deleted",
    ),
    "DescribeDomain": ("Deleting Pending Updating", "InService", "Failed Update_Failed Delete_Failed"),
    "DescribeEdgePackagingJob": ("STARTING INPROGRESS STOPPING", "COMPLETED", "FAILED STOPPED"),
    "DescribeEndpoint": (
        "Creating Updating SystemUpdating RollingBack Deleting",
        "InService",
        "OutOfService Failed UpdateRollbackFailed",
    ),
    "DescribeFeatureGroup": ("Creating Deleting", "Created", "CreateFailed DeleteFailed"),
    "DescribeFlowDefinition": ("Initializing Deleting", "Active", "Failed"),
    "DescribeGlobalInferenceGateway": ("CREATING UPDATING DELETING", "ACTIVE", "FAILED"),
    "DescribeHub": ("Creating Updating Deleting", "InService", "CreateFailed UpdateFailed DeleteFailed"),
    "DescribeHubContent": ("Importing Deleting PendingImport PendingDelete", "Available", "ImportFailed DeleteFailed"),
    "DescribeHumanTaskUi": ("Deleting", "Active", ""),
    "DescribeHyperParameterTuningJob": ("InProgress Stopping Deleting", "Completed", "Failed Stopped DeleteFailed"),
    "DescribeImage": ("CREATING UPDATING DELETING", "CREATED", "CREATE_FAILED UPDATE_FAILED DELETE_FAILED"),
    "DescribeImageVersion": ("CREATING DELETING", "CREATED", "CREATE_FAILED DELETE_FAILED"),
    "DescribeInferenceComponent": ("Creating Updating Deleting", "InService", "Failed"),
    "DescribeInferenceExperiment": ("Creating Updating Starting Stopping", "Created Running Completed", "Cancelled"),
    "DescribeInferenceRecommendationsJob": (
        "PENDING IN_PROGRESS STOPPING DELETING",
        "COMPLETED",
        "FAILED STOPPED DELETED",
    ),
    "DescribeInferenceRouter": ("Creating Updating Deleting", "InService", "Failed"),
    "DescribeJob": ("InProgress Stopping Deleting", "Completed", "Failed Stopped DeleteFailed"),
    "DescribeLabelingJob": ("Initializing InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeMlflowApp": (
        "Creating Updating Deleting",
        "Created Updated",
        "CreateFailed UpdateFailed DeleteFailed Deleted",
    ),
    "DescribeMlflowTrackingServer": (
        "Creating Updating Deleting Stopping Starting MaintenanceInProgress",
        "Created Updated Stopped Started MaintenanceComplete",
        "CreateFailed UpdateFailed DeleteFailed StopFailed StartFailed MaintenanceFailed",
    ),
    "DescribeModelCard": ("", "Draft PendingReview Approved Archived", ""),
    "DescribeModelCardExportJob": ("InProgress", "Completed", "Failed"),
    "DescribeModelPackage": ("Pending InProgress Deleting", "Completed", "Failed"),
    "DescribeModelPackageGroup": ("Pending InProgress Deleting", "Completed", "Failed DeleteFailed"),
    "DescribeMonitoringSchedule": ("Pending", "Scheduled Stopped", "Failed"),
    "DescribeNotebookInstance": (
        "Pending Stopping Deleting Updating PendingMaintenance InMaintenance",
        "InService Stopped",
        "Failed",
    ),
    "DescribeOptimizationJob": ("INPROGRESS STARTING STOPPING", "COMPLETED", "FAILED STOPPED"),
    "DescribePartnerApp": ("Creating Updating Deleting", "Available", "Failed UpdateFailed Deleted"),
    "DescribePipeline": ("Deleting", "Active", ""),
    "DescribePipelineExecution": ("Executing Stopping", "Succeeded", "Stopped Failed CompletedWithFailures"),
    "DescribeProcessingJob": ("InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeProject": (
        "Pending CreateInProgress DeleteInProgress UpdateInProgress",
        "CreateCompleted UpdateCompleted",
        "CreateFailed DeleteFailed DeleteCompleted UpdateFailed",
    ),
    "DescribeReservedCapacity": ("Pending", "Active Scheduled", "Expired Failed"),
    "DescribeSpace": ("Deleting Pending Updating", "InService", "Failed Update_Failed Delete_Failed"),
    "DescribeTrainingJob": ("InProgress Stopping Deleting", "Completed", "Failed Stopped"),
    "DescribeTrainingPlan": ("Pending", "Active Scheduled", "Expired Failed"),
    "DescribeTransformJob": ("InProgress Stopping", "Completed", "Failed Stopped"),
    "DescribeUserProfile": ("Deleting Pending Updating", "InService", "Failed Update_Failed Delete_Failed"),
}


def installed_enums() -> dict[str, list[str]]:
    """The statuses of each Describe operation that the installed botocore knows."""
    import gzip

    (path,) = (Path(botocore.__file__).parent / "data" / "sagemaker").glob("*/service-2.json*")
    raw = path.read_bytes()
    model = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    found: dict[str, list[str]] = {}
    for name, operation in model["operations"].items():
        if name not in TABLES:
            continue
        members = model["shapes"][operation["output"]["shape"]]["members"]
        member = settling(NAMESPACE, name).member
        found[name] = model["shapes"][members[member]["shape"]]["enum"]
    return found


def test_every_status_is_known() -> None:
    """Every Describe operation with a status is in the table, and every status of each of them where it belongs."""
    operations = [name for name in NAMESPACE.schema.operations if status_member(NAMESPACE, name)]
    assert sorted(operations) == sorted(TABLES)
    assert len(operations) >= 42
    for name in operations:
        kinds = settling(NAMESPACE, name).kinds
        found = tuple(
            " ".join(status for status, kind in kinds.items() if kind == wanted) for wanted in ("way", "well", "bad")
        )
        assert found == TABLES[name], name


def test_the_installed_model() -> None:
    """No status of the installed botocore is missing from the table."""
    for name, statuses in installed_enums().items():
        known = " ".join(TABLES[name]).split()
        assert set(statuses) <= set(known), name


def test_corrections_are_of_statuses_that_there_are() -> None:
    """Each correction is of a status that the model has, and changes what the rule says."""
    for name, corrections in CORRECTIONS.items():
        shape = NAMESPACE.shapes[(status_member(NAMESPACE, name) or ("", ""))[1]]
        assert corrections.keys() <= shape["values"].keys(), name


@pytest.mark.parametrize("operation", ["DescribeModel", "DescribeEndpointConfig", "ListEndpoints"])
def test_no_status(operation: str) -> None:
    """An operation whose response has no status of its own is no wait."""
    with pytest.raises(ArgumentError):
        settling(NAMESPACE, operation)
