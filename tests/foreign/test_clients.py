"""Clients that other people wrote, unchanged, from a model to an answer and back to nothing."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from aiosagemaker.local import LocalSageMaker

pytestmark = pytest.mark.filterwarnings("default")  # they are theirs
ROLE = "arn:aws:iam::123456789012:role/sagemaker"
QUESTION = [{"role": "user", "content": "hello"}]


def deployed(name: str = "e") -> None:
    """An endpoint, made with boto3 from nothing but the environment."""
    sm = boto3.client("sagemaker")
    sm.create_model(
        ModelName=name,
        PrimaryContainer={"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"},
        ExecutionRoleArn=ROLE,
    )
    variant = {"VariantName": "v", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sm.create_endpoint(EndpointName=name, EndpointConfigName=name)


def test_boto3(local: LocalSageMaker) -> None:
    """boto3 deploys, waits at once, invokes, streams, scales and deletes."""
    deployed()
    sm, rt = boto3.client("sagemaker"), boto3.client("sagemaker-runtime")
    sm.get_waiter("endpoint_in_service").wait(EndpointName="e")
    assert rt.invoke_endpoint(EndpointName="e", Body=b"1,2", ContentType="text/csv")["Body"].read() == b"1,2"
    stream = rt.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"1,2")["Body"]
    assert b"".join(event["PayloadPart"]["Bytes"] for event in stream) == b"1,2"
    scaling = boto3.client("application-autoscaling")
    what = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/e/variant/v",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling.register_scalable_target(**what, MinCapacity=1, MaxCapacity=3)
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][0]["MaxCapacity"] == 3
    sm.delete_endpoint(EndpointName="e")
    sm.get_waiter("endpoint_deleted").wait(EndpointName="e", WaiterConfig={"Delay": 1})


def test_aws_cli(local: LocalSageMaker, tmp_path: Path) -> None:
    """The AWS CLI describes and invokes."""
    deployed()
    aws = Path(sys.executable).with_name("aws")
    if not aws.exists():
        pytest.skip("the AWS CLI is not installed beside this Python")

    def run(*words: str) -> Any:
        done = subprocess.run([str(aws), *words, "--output", "json"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert run("sagemaker", "describe-endpoint", "--endpoint-name", "e")["EndpointStatus"] == "InService"
    (tmp_path / "in").write_bytes(b"1,2")
    answer = tmp_path / "out"
    run("sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "e", "--body", f"fileb://{tmp_path}/in", str(answer))
    assert answer.read_bytes() == b"1,2"


def test_sagemaker_sdk(local: LocalSageMaker) -> None:
    """The SageMaker SDK's Model deploys, predicts, updates and deletes."""
    pytest.importorskip("sagemaker.model", reason="the SageMaker SDK 2 is not installed")
    from sagemaker.deserializers import BytesDeserializer
    from sagemaker.model import Model
    from sagemaker.predictor import Predictor
    from sagemaker.serializers import CSVSerializer
    from sagemaker.session import Session

    boto = boto3.Session()
    session = Session(
        boto_session=boto,
        sagemaker_client=boto.client("sagemaker"),
        sagemaker_runtime_client=boto.client("sagemaker-runtime"),
        default_bucket="bucket",
    )
    model = Model(
        image_uri="image",
        model_data="s3://bucket/model.tar.gz",
        role=ROLE,
        sagemaker_session=session,
        predictor_cls=Predictor,
        env={"NAME": "churn"},
    )
    predictor = model.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name="sdk",
        serializer=CSVSerializer(),
        deserializer=BytesDeserializer(),
    )
    assert predictor.predict([1, 2, 3]) == b"1,2,3"
    predictor.update_endpoint(initial_instance_count=2, instance_type="ml.m5.large")
    described = boto.client("sagemaker").describe_endpoint(EndpointName="sdk")
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    predictor.delete_model()
    predictor.delete_endpoint()
    assert not boto.client("sagemaker").list_models()["Models"]


def test_sagemaker_core(local: LocalSageMaker) -> None:
    """sagemaker-core's resources are created, waited for, invoked and deleted."""
    resources, shapes = (_sagemaker_core(part) for part in ("resources", "shapes"))
    model = resources.Model.create(
        model_name="core", primary_container=shapes.ContainerDefinition(image="image"), execution_role_arn=ROLE
    )
    variant = shapes.ProductionVariant(
        variant_name="v", model_name=model.model_name, initial_instance_count=1, instance_type="ml.m5.large"
    )
    config = resources.EndpointConfig.create(endpoint_config_name="core", production_variants=[variant])
    endpoint = resources.Endpoint.create(endpoint_name="core", endpoint_config_name=config.endpoint_config_name)
    endpoint.wait_for_status("InService")
    assert endpoint.invoke(body="1,2", content_type="text/csv").body.read() == b"1,2"
    endpoint.delete()
    config.delete()
    model.delete()


def _sagemaker_core(part: str) -> Any:
    """A module of either release: 2 shares the package of the SageMaker SDK 3, 1 stands beside the SDK 2."""
    try:
        return importlib.import_module(f"sagemaker.core.{part}")
    except ModuleNotFoundError:
        return pytest.importorskip(f"sagemaker_core.{part}", reason="sagemaker-core is not installed")


async def test_openai(local: LocalSageMaker) -> None:
    """OpenAI's own client chats over its route, whole and in a stream, with a token of ours."""
    openai = pytest.importorskip("openai", reason="openai is not installed")
    deployed()
    async with local.runtime() as runtime:
        if not hasattr(runtime, "openai_base_url"):
            pytest.skip("this release makes no base URL")
        client = openai.AsyncOpenAI(
            base_url=runtime.openai_base_url("e"), api_key=await runtime.bearer_token(), max_retries=0
        )
        async with client:
            whole = await client.chat.completions.create(model="m", messages=QUESTION)
            assert whole.choices[0].message.content == "you said hello"
            stream = await client.chat.completions.create(model="m", messages=QUESTION, stream=True)
            parts = [chunk.choices[0].delta.content or "" async for chunk in stream]
            assert "".join(parts) == "you said hello "


def test_litellm(local: LocalSageMaker) -> None:
    """litellm chats with an endpoint."""
    litellm = pytest.importorskip("litellm", reason="litellm is not installed")
    deployed()
    answer = litellm.completion(
        model="sagemaker_chat/e",
        messages=QUESTION,
        sagemaker_base_url=f"{local.endpoint_url}/endpoints/e/invocations",
        aws_access_key_id=local.credentials.access_key,
        aws_secret_access_key=local.credentials.secret_key,
        aws_region_name=local.region,
    )
    assert answer.choices[0].message.content == "you said hello"


def test_langchain(local: LocalSageMaker) -> None:
    """langchain-aws asks an endpoint."""
    pytest.importorskip("langchain_aws.llms.sagemaker_endpoint", reason="langchain-aws is not installed")
    from langchain_aws.llms import SagemakerEndpoint
    from langchain_aws.llms.sagemaker_endpoint import LLMContentHandler

    class Plain(LLMContentHandler):
        content_type = "text/plain"
        accepts = "text/plain"

        def transform_input(self, prompt: str, model_kwargs: Any) -> bytes:
            return prompt.encode()

        def transform_output(self, output: Any) -> str:
            return str(output.read().decode())

    deployed()
    llm = SagemakerEndpoint(
        endpoint_name="e", client=boto3.client("sagemaker-runtime"), content_handler=Plain(), region_name=local.region
    )
    assert llm.invoke("hello") == "hello"


def test_beside_moto(local: LocalSageMaker) -> None:
    """Beside moto's mock of other services, with moto's made-up keys, where any credentials are taken."""
    moto = pytest.importorskip("moto", reason="moto is not installed")
    from aiosagemaker.local import LocalSageMaker

    with LocalSageMaker(accept_any_credentials=True, settle=True) as open_local, moto.mock_aws():
        boto3.client("s3").create_bucket(Bucket="other")
        sm = boto3.client("sagemaker", endpoint_url=open_local.endpoint_url)
        sm.create_model(ModelName="m", PrimaryContainer={"Image": "i"}, ExecutionRoleArn=ROLE)
        assert [model["ModelName"] for model in sm.list_models()["Models"]] == ["m"]
        assert boto3.client("s3").list_buckets()["Buckets"][0]["Name"] == "other"
