"""The stand-in for Google Cloud: resource names, self links, service accounts, references."""

import re
from collections.abc import Iterator
from typing import Any

from providers.base.errors import Problem, nearest
from providers.base.values import Bag, Path, Secret, plain
from providers.rehearsal.account import Record
from providers.rehearsal.cloud import Cloud, Settings
from providers.rehearsal.clouds.aws_lookups import CERTIFICATE
from providers.rehearsal.fill import Filler, stand_in
from providers.rehearsal.schema import Property, Scalar

PROJECT = "rehearsal-project"
NUMBER = "123456789012"
BUCKETS = f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"
"""The account by which Cloud Storage uses keys."""
PERSON = "gcp:serviceaccount/account:Account"

_FIELD = re.compile(r"\{\{(\w+)\}\}")
_NAME = re.compile(r"(?:https://[\w.]+/(?:\w+/)+?)?(?P<id>projects/(?P<project>[^/]+)/.+)")
_EMAIL = re.compile(
    r"(?:serviceAccount:)?(?P<email>(?P<name>[a-z0-9-]+)@(?P<project>[a-z0-9-]+)\.iam\.gserviceaccount\.com)"
)


class Gcp(Cloud):
    """One project."""

    package = "gcp"
    exists_error = "Error 409: alreadyExists"

    def configure(self, config: Bag) -> Settings:
        """Project, region and zone from the provider."""
        given = plain(config)
        texts = {name: str(given.get(name) or "") for name in ("region", "zone")}
        project = given.get("project")
        return Settings(
            {**texts, "project": project if isinstance(project, str) else PROJECT, "number": NUMBER}, given
        )

    def id_template(self, token: str) -> str:
        """The id as the SDK's documentation writes it for import."""
        schema = self.resource(token)
        properties = {p.python: p.name for p in schema.inputs.values()}
        words = {"project_id": "project", "cluster_id": "name", "pool_id": "name"}
        if not schema.id_format:
            return super().id_template(token)

        def field(found: re.Match[str]) -> str:
            name = properties.get(words.get(found[1], found[1]), "")
            return "{name}" if name in {"name", ""} else f"{{at.{name}}}"

        return _FIELD.sub(field, schema.id_format)

    def filler(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Filler:
        """Project, region, zone and location come from the provider when the resource does not say them."""
        filler = super().filler(token, urn_name, inputs, settings)
        given = plain(inputs)
        texts = settings.texts
        usual = {
            "project": texts["project"],
            "region": texts["region"],
            "zone": texts["zone"],
            "location": texts["zone"] or texts["region"],
        }
        for name in self.resource(token).inputs:
            value = str(given.get(name) or usual.get(name, ""))
            filler.learn(f"at.{name}", _tail(value) if name in {"region", "zone"} else value)
        filler.learn("cluster_name", _tail(given.get("cluster")))
        filler.learn("certificate", CERTIFICATE)
        filler.learn("project", str(given.get("project") or texts["project"]))
        return filler

    def computed(self, token: str, row: Any, inputs: Bag, filler: Filler) -> Bag:
        """Add what most types have: self link, project, labels of all origins."""
        outputs, found = self.resource(token).outputs, super().computed(token, row, inputs, filler)
        for name in ("project", "region", "zone", "location"):
            if name in outputs and inputs.get(name) is None and (value := filler.fill(f"{{at.{name}}}")):
                found[name] = value
        if "selfLink" in outputs and "selfLink" not in found:
            found["selfLink"] = filler.fill("https://www.googleapis.com/compute/v1/{id}")
        if "effectiveLabels" in outputs:
            labels = inputs.get("labels") or inputs.get("resourceLabels") or {}
            found |= {"effectiveLabels": Secret(plain(labels)), "pulumiLabels": Secret(plain(labels))}
        return found

    def update(self, record: Record, outputs: Bag, inputs: Bag, settings: Settings) -> Bag:
        """Bring the computed labels along."""
        changed = super().update(record, outputs, inputs, settings)
        if "effectiveLabels" in changed:
            labels = Secret(plain(inputs.get("labels") or inputs.get("resourceLabels") or {}))
            changed |= {"effectiveLabels": labels, "pulumiLabels": labels}
        return changed

    def invent(self, token: str, wanted: Property, filler: Filler) -> Any:
        """An optional input that the program left out is empty."""
        del filler
        if wanted.name in self.resource(token).inputs and wanted.type == Scalar("string"):
            return ""
        return stand_in(wanted.name, wanted.type)

    def identifiers(self, id_: str, outputs: Bag) -> tuple[str, ...]:
        """Id, self link, full name and e-mail."""
        given = plain(outputs)
        texts = [given.get(key) for key in ("selfLink", "email", "member")]
        name = given.get("name")
        full = [name] if isinstance(name, str) and name.startswith("projects/") else []
        return (id_, *full, *(text for text in texts if isinstance(text, str) and text))

    def removed(self, record: Record) -> int:
        """A deleted cluster takes its Kubernetes objects along."""
        endpoint = record.outputs.get("endpoint")
        return (
            self.account.empty_place(f"https://{endpoint}")
            if record.token == "gcp:container/cluster:Cluster"
            else 0
        )

    def reference(self, path: Path, value: str) -> Iterator[Problem]:
        """Refuse names and accounts of this project that were never issued."""
        if value == f"serviceAccount:{BUCKETS}" and not self.account.note(BUCKETS):
            text = (
                f"Service account {BUCKETS} does not exist: Cloud Storage makes it when its name is asked for"
            )
            yield Problem(path, f"{text} (storage.getProjectServiceAccount)")
        if (found := _NAME.fullmatch(value)) and self._ours(found["project"]):
            yield from self._name(path, value, found["id"])
        elif (
            (email := _EMAIL.fullmatch(value))
            and self._ours(email["project"])
            and (PERSON, email["name"]) not in self.planned
            and not self.account.owner(email["email"])
        ):
            others = [r.outputs["email"] for r in self.account.of_type(PERSON)]
            yield Problem(
                path, f"Service account {email['email']} does not exist{nearest(email['email'], others)}"
            )

    def rules(self, token: str, inputs: Bag, settings: Settings) -> Iterator[Problem]:
        """What does not go together, and numbers that the API does not take."""
        del settings
        versions, lock = inputs.get("versioning"), inputs.get("retentionPolicy")
        if token == "gcp:storage/bucket:Bucket" and lock and versions and versions.get("enabled") is True:
            # cloud.google.com/storage/docs/object-versioning, considerations
            yield Problem(
                ("versioning",), "Object Versioning cannot be enabled on a bucket with a retention policy"
            )
        vlan = inputs.get("vlanTag8021q")
        if isinstance(vlan, int | float) and not 2 <= vlan <= 4094:
            # Compute API, InterconnectAttachment
            yield Problem(("vlanTag8021q",), f"{vlan:g} is not a VLAN of an attachment; allowed: 2 to 4094")

    def _name(self, path: Path, value: str, id_: str) -> Iterator[Problem]:
        collection = id_.split("/")[-2]
        if (
            collection in self.table.facts["pre_existing"]
            or self.account.owner(value)
            or self.account.owner(id_)
        ):
            return
        others = self.account.issued_like(id_.rpartition("/")[0])
        yield Problem(path, f"The resource {id_!r} was not found: it was never issued{nearest(id_, others)}")

    def _ours(self, project: str) -> bool:
        return project in {
            PROJECT,
            *(r.outputs.get("project") for r in self.account.of_type("gcp:compute/network:Network")),
        }


def _tail(value: Any) -> str:
    return str(value or "").rpartition("/")[2]


def _client(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    del cloud, args
    texts = settings.texts
    where = {name: texts[name] for name in ("project", "region", "zone")}
    return {
        "id": "projects/" + texts["project"],
        **where,
        "accessToken": "ya29.rehearsal",
        "defaultLabels": {},
    }


def _project(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    del cloud
    id_ = args.get("projectId") or settings.texts["project"]
    return {"id": f"projects/{id_}", "projectId": id_, "name": id_, "number": NUMBER, "labels": {}}


def _zones(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    region = args.get("region") or settings.texts["region"]
    letters = cloud.table.facts["zones"].get(region, "abc")
    names = [f"{region}-{letter}" for letter in letters]
    return {
        **args,
        "id": f"projects/{settings.texts['project']}/regions/{region}",
        "names": names,
        "project": settings.texts["project"],
    }


def _cmek_settings(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    del cloud
    name = f"projects/{args.get('project') or settings.texts['project']}/cmekSettings"
    # of the form that Google shows in "Configure CMEK for log buckets", which is not the service agent's
    account = f"cmek-p{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com"
    return {
        **args,
        "id": name,
        "name": name,
        "kmsKeyName": "",
        "kmsKeyVersionName": "",
        "serviceAccountId": account,
    }


def _bucket_agent(cloud: Cloud, args: Bag, settings: Settings) -> Bag:
    """Cloud Storage's own account, which is made by asking for it (cloud.google.com/storage/docs/projects)."""
    cloud.account.write_note(BUCKETS, "made")
    return {
        **args,
        "id": BUCKETS,
        "emailAddress": BUCKETS,
        "member": f"serviceAccount:{BUCKETS}",
        "project": settings.texts["project"],
    }


Gcp.invokes = {
    "gcp:organizations/getClientConfig:getClientConfig": _client,
    "gcp:organizations/getProject:getProject": _project,
    "gcp:compute/getZones:getZones": _zones,
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": _cmek_settings,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _bucket_agent,
}
