"""Names, types and enums of a package are read out of its installed SDK, and every table fits them."""

import pytest

from providers.rehearsal.clouds import CLOUDS
from providers.rehearsal.schema import Choice, Fields, ListOf, Scalar, Sdk, UnknownTokenError
from providers.rehearsal.table import load


def test_a_resource_has_the_names_types_and_requirements_of_its_sdk() -> None:
    """Wire names, types and required properties come from the SDK's source."""
    subnet = Sdk("aws").resource("aws:ec2/subnet:Subnet")
    assert subnet.inputs["vpcId"].required
    assert not subnet.inputs["cidrBlock"].required
    assert subnet.inputs["mapPublicIpOnLaunch"].type == Scalar("boolean")
    assert "ownerId" in subnet.outputs
    assert "ownerId" not in subnet.inputs


def test_nested_objects_are_read_to_any_depth() -> None:
    """A list of objects inside a launch template leads to the properties of its items."""
    interfaces = Sdk("aws").resource("aws:ec2/launchTemplate:LaunchTemplate").inputs["networkInterfaces"].type
    assert isinstance(interfaces, ListOf)
    assert isinstance(interfaces.item, Fields)
    assert interfaces.item.properties["networkCardIndex"].type == Scalar("integer")


def test_types_of_sibling_modules_are_found() -> None:
    """A Deployment's containers live in core/v1, its metadata in meta/v1."""
    deployment = Sdk("kubernetes").resource("kubernetes:apps/v1:Deployment")
    spec, metadata = deployment.inputs["spec"].type, deployment.inputs["metadata"].type
    assert isinstance(spec, Fields)
    assert isinstance(metadata, Fields)
    template = spec.properties["template"].type
    assert isinstance(template, Fields)
    pod = template.properties["spec"].type
    assert isinstance(pod, Fields)
    assert "hostNetwork" in pod.properties
    assert "labels" in metadata.properties


def test_enums_and_secret_outputs_are_known() -> None:
    """A closed enum lists its values; a password's result is secret."""
    account = Sdk("azure-native").resource("azure-native:storage:StorageAccount")
    tier = account.inputs["accessTier"].type
    assert isinstance(tier, Choice)
    assert tier.closed
    assert "Hot" in tier.values
    assert Sdk("random").resource("random:index/randomPassword:RandomPassword").secrets == {
        "result",
        "bcryptHash",
    }


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    """A misspelt token names the right one."""
    with pytest.raises(UnknownTokenError, match=r"did you mean 'aws:ec2/subnet:Subnet'"):
        Sdk("aws").resource("aws:ec2/subnett:Subnet")


@pytest.mark.parametrize("package", sorted(CLOUDS))
def test_every_row_of_a_table_fits_its_sdk(package: str) -> None:
    """A row names only types, inputs and outputs that the installed SDK has."""
    sdk, table = Sdk(package), load(package)
    wrong = []
    for token, row in table.rows.items():
        if token not in sdk.tokens:
            wrong.append(token)
            continue
        schema = sdk.resource(token)
        named = {
            *row.spelling,
            *(path.split(".")[0] for path in (*row.replace, *row.refers)),
            *filter(None, [row.name]),
        }
        wrong += [f"{token}.{name}" for name in row.outputs.keys() - schema.outputs.keys()]
        wrong += [f"{token}.{name}" for name in named - schema.inputs.keys()]
        wrong += [
            f"{token} -> {other}" for other in (*row.held_by, *row.refers.values()) if other not in sdk.tokens
        ]
    wrong += [f"{token} (replace)" for token in table.replace if token not in sdk.tokens]
    assert wrong == []
    assert set(table.facts["faults"]) == {"quota", "capacity", "throttle", "partial"}
