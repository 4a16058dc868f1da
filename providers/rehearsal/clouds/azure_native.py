"""The stand-in for Azure Resource Manager: resource ids, names, references, credentials of clusters."""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from providers.base.errors import Problem, ProviderError, nearest
from providers.base.values import UNKNOWN, Bag, Path, Secret, plain
from providers.rehearsal.account import Record
from providers.rehearsal.cloud import Cloud, Made, Settings
from providers.rehearsal.clouds import azure_rules
from providers.rehearsal.clouds.aws_lookups import CERTIFICATE
from providers.rehearsal.fill import Filler, conform, stand_in
from providers.rehearsal.schema import Property, Scalar
from providers.rehearsal.table import Row

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
TENANT = "00000000-0000-4000-8000-000000000002"
CALLER = "00000000-0000-4000-8000-000000000003"
AZURES_OWN = {"networkwatcherrg"}
"""Groups that Azure makes by itself: that of the network watchers, from the first network on."""
_CLUSTER = "azure-native:containerservice:ManagedCluster"
_VAULT = "azure-native:keyvault:Vault"
_ID = re.compile(rf"/subscriptions/{SUBSCRIPTION}/.+", re.IGNORECASE)


class AzureNative(Cloud):
    """One subscription."""

    package = "azure-native"
    exists_error = "Conflict"

    def configure(self, config: Bag) -> Settings:
        """Location from the provider; subscription and tenant are made up."""
        given = plain(config)
        location = given.get("location")
        texts = {"subscription": SUBSCRIPTION, "tenant": TENANT}
        return Settings({**texts, "location": location if isinstance(location, str) else ""}, given)

    # Names and ids.

    def name_property(self, token: str) -> str:
        """The last part of the id: `<type>Name`, `resourceName`, or what the table says."""
        row, kind = self.table.row(token), token.rpartition(":")[2]
        if row.name is not None:
            return row.name
        inputs = self.resource(token).inputs
        likely = (kind[0].lower() + kind[1:] + "Name", "resourceName", "accountName", "name")
        optional = [name for name in likely if name in inputs and not inputs[name].required]
        others = [
            name
            for name, p in inputs.items()
            if name.endswith("Name") and not p.required and "name of the" in p.doc
        ]
        return next(iter([*optional, *others]), "")

    def spell(self, token: str, urn_name: str, suffix: str) -> str:
        """Names of storage accounts and registries know letters and digits only."""
        rule = self.table.row(token).spelling.get(self.name_property(token))
        plain_name = re.sub(r"[^a-z0-9]", "", urn_name.lower()) + suffix
        hyphened = f"{urn_name}{suffix}"
        return plain_name if rule and not rule.pattern.fullmatch(hyphened) else hyphened

    def id_template(self, token: str) -> str:
        """A resource of a group: the provider's namespace by module, the collection by class name."""
        module, kind = token.split(":")[1], token.rpartition(":")[2]
        namespace = self.table.facts["namespaces"].get(module, f"Microsoft.{module[0].upper()}{module[1:]}")
        collection = kind[0].lower() + kind[1:] + ("es" if kind.endswith("s") else "s")
        return f"{{group}}/providers/{namespace}/{collection}/{{name}}"

    def filler(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Filler:
        """Add the resource group's id."""
        filler = super().filler(token, urn_name, inputs, settings)
        group = plain(inputs).get("resourceGroupName", "")
        filler.learn("group", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}")
        filler.learn("certificate", CERTIFICATE)
        return filler

    def computed(self, token: str, row: Row, inputs: Bag, filler: Filler) -> Bag:
        """Add what every ARM resource has."""
        outputs, found = self.resource(token).outputs, super().computed(token, row, inputs, filler)
        id_ = filler.fill("{id}")
        parts = id_.split("/providers/")[-1].split("/")
        usual = {
            "name": parts[-1], "type": "/".join([parts[0], *parts[1::2]]), "provisioningState": "Succeeded",
            "location": self._location(inputs), "azureApiVersion": "rehearsal",
        }  # fmt: skip
        found |= {
            name: value
            for name, value in usual.items()
            if name in outputs and name not in found and inputs.get(name) is None
        }
        if token == "azure-native:resources:ResourceGroup":
            found |= {"name": filler.fill("{name}"), "type": "Microsoft.Resources/resourceGroups"}
        return found

    def _location(self, inputs: Bag) -> str:
        """A resource without a location takes its group's."""
        group = self.account.named("azure-native:resources:ResourceGroup", self._group_id(inputs))
        return str(group.outputs.get("location", "")) if group else ""

    def _group_id(self, inputs: Bag) -> str:
        return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{plain(inputs.get('resourceGroupName'))}"

    def invent(self, token: str, wanted: Property, filler: Filler) -> Any:
        """Optional inputs left out are empty; identifiers look like GUIDs."""
        if wanted.name in self.resource(token).inputs and wanted.type == Scalar("string"):
            return ""
        if wanted.type == Scalar("string") and wanted.name.endswith(("Id", "Guid", "UID")):
            return filler.fill("{uuid}")
        return stand_in(wanted.name, wanted.type)

    def identifiers(self, id_: str, outputs: Bag) -> tuple[str, ...]:
        """The id in any case, since Azure compares ids so; principals of identities; a role's id as it is given."""
        scope, found, number = id_.partition("/providers/Microsoft.Authorization/roleDefinitions/")
        role = (f"/subscriptions/{SUBSCRIPTION}{found}{number}",) if scope and found else ()
        texts = [plain(outputs).get(key) for key in ("principalId", "keyUriWithVersion", "keyUri")]
        return (id_, id_.lower(), *role, *(text for text in texts if isinstance(text, str)))

    def removed(self, record: Record) -> int:
        """A deleted cluster takes its Kubernetes objects along, a vault what it keeps."""
        if record.token == _VAULT:
            kept = [r for r in self.account.all() if r.id.lower().startswith(f"{record.id.lower()}/")]
            for inner in kept:
                self.account.remove(inner)
            return len(kept)
        if record.token != _CLUSTER:
            return 0
        names = [record.outputs.get("fqdn"), record.outputs.get("privateFQDN")]
        return sum(self.account.empty_place(f"https://{name}:443") for name in names if name)

    def holders(self, record: Record) -> list[Record]:
        """A group goes with all that is in it, so what the state still knows there must go first."""
        if record.token == "azure-native:resources:ResourceGroup":
            return [r for r in self.account.all() if r.id.lower().startswith(f"{record.id.lower()}/")]
        return super().holders(record)

    # Rules.

    def rules(self, token: str, inputs: Bag, settings: Settings) -> Iterator[Problem]:
        """Groups must exist; services have rules of their own."""
        del settings
        yield from azure_rules.check(self.account, token, inputs)
        group = inputs.get("resourceGroupName")
        if isinstance(group, str) and token != "azure-native:resources:ResourceGroup":
            groups = self.account.of_type("azure-native:resources:ResourceGroup")
            names = [str(r.outputs["name"]) for r in groups]
            planned = ("azure-native:resources:ResourceGroup", group) in self.planned
            there = AZURES_OWN | {name.lower() for name in names}
            if not planned and group.lower() not in there:
                yield Problem(
                    ("resourceGroupName",),
                    f"ResourceGroupNotFound: {group!r} was never made{nearest(group, names)}",
                )

    def reference(self, path: Path, value: str) -> Iterator[Problem]:
        """Refuse ids of this subscription that were never issued; built-in roles belong to everyone."""
        if not _ID.fullmatch(value) or "/roleDefinitions/" in value:
            return
        if self.account.owner(value.lower()) or self._inside(value):
            return
        others = self.account.issued_like(value.rpartition("/")[0])
        yield Problem(path, f"ResourceNotFound: {value!r} was never issued{nearest(value, others)}")

    def _inside(self, value: str) -> bool:
        """Whether an id is that of a child written inside its parent, such as a subnet in its network's inputs."""
        parent_id, _, rest = value.rpartition("/")
        parent = self.account.owner(parent_id.rpartition("/")[0].lower())
        lists = [entry for entry in parent.inputs.values() if isinstance(entry, list)] if parent else []
        return any(isinstance(item, dict) and item.get("name") == rest for entry in lists for item in entry)

    def collision(self, token: str, inputs: Bag) -> str:
        """Refuse what only an update may set, and a job beside one that runs."""
        return azure_rules.too_early(token, inputs) or azure_rules.busy(self.account, token, inputs)

    def foresee(self, token: str, inputs: Bag) -> Bag:
        """Give inputs the form of outputs.

        Raises:
            ProviderError: The creation would fail.
        """
        if reason := self.collision(token, plain(inputs)):
            raise ProviderError(reason)
        return self._formed(token, super().foresee(token, inputs))

    def foresee_update(self, token: str, olds: Bag, news: Bag) -> Bag:
        """Give inputs the form of outputs; a secret of another value gets another version."""
        told = azure_rules.versioned(
            token, olds, super().foresee_update(token, olds, news), lambda _: UNKNOWN
        )
        return self._formed(token, told)

    def make(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Made:
        """Give inputs the form of outputs."""
        made = super().make(token, urn_name, inputs, settings)
        return replace(made, outputs=self._formed(token, made.outputs))

    def _formed(self, token: str, bag: Bag) -> Bag:
        outputs = self.resource(token).outputs
        return {
            name: conform(value, outputs[name].type) if name in outputs else value
            for name, value in bag.items()
        }

    def update(self, record: Record, outputs: Bag, inputs: Bag, settings: Settings) -> Bag:
        """Keep the ARM name: inputs call it otherwise.

        Raises:
            ProviderError: Azure would not do it.
        """
        if why := azure_rules.unchangeable(self.account, record.token, plain(record.inputs), plain(inputs)):
            raise ProviderError(why)
        filler = self.filler(record.token, record.urn.rpartition("::")[2], inputs, settings)
        told = super().update(record, outputs, inputs, settings)
        told = azure_rules.versioned(record.token, outputs, told, filler.fill)
        changed = self._formed(record.token, told)
        return {**changed, "name": record.outputs["name"]} if "name" in record.outputs else changed

    def replaces(self, token: str, path: Path) -> bool:
        """What makes up the id, the location, and what the table names; nested paths the engine knows from the SDK."""
        name = str(path[0])
        schema = self.resource(token)
        in_id = name in {"resourceGroupName", "location", self.name_property(token)}
        parents = name.endswith("Name") and name in schema.inputs and schema.inputs[name].required
        return in_id or parents or name in schema.replace or name in self.table.row(token).replace


def _client(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    del cloud, args, settings
    return {"clientId": CALLER, "objectId": CALLER, "subscriptionId": SUBSCRIPTION, "tenantId": TENANT}


def _credentials(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    """A kubeconfig of a cluster that exists, with a token that opens nothing."""
    del settings
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{args['resourceGroupName']}"
    wanted = f"{group}/providers/Microsoft.ContainerService/managedClusters/{args['resourceName']}"
    record = cloud.account.named(_CLUSTER, wanted)
    if record is None:
        raise ProviderError(f"ResourceNotFound: no managed cluster {args['resourceName']!r}")
    name = record.outputs.get("privateFQDN") or record.outputs["fqdn"]
    cluster = {"server": f"https://{name}:443", "certificate-authority-data": CERTIFICATE}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "aks", "cluster": cluster}],
        "users": [{"name": "aks", "user": {"token": "rehearsal"}}],
        "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "aks"}}],
        "current-context": "aks",
    }
    text = base64.b64encode(yaml.safe_dump(config).encode()).decode()
    return {"kubeconfigs": [{"name": "clusterUser", "value": Secret(text)}]}


def _role(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    del cloud, settings
    id_ = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{args['roleDefinitionId']}"
    return {
        **args,
        "id": id_,
        "name": args["roleDefinitionId"],
        "type": "Microsoft.Authorization/roleDefinitions",
    }


AzureNative.invokes = {
    "azure-native:authorization:getClientConfig": _client,
    "azure-native:authorization:getRoleDefinition": _role,
    "azure-native:containerservice:listManagedClusterUserCredentials": _credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": _credentials,
}
