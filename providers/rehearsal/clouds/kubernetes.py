"""The stand-in for Kubernetes clusters: objects, custom resources, Helm releases."""

import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from providers.base.errors import Problem, nearest
from providers.base.values import Bag, Path, plain
from providers.rehearsal.account import Account, Record
from providers.rehearsal.cloud import Cloud, Made, Settings
from providers.rehearsal.clouds import kubernetes_pods as pods
from providers.rehearsal.clouds import kubernetes_rules as rules
from providers.rehearsal.schema import Anything, Property, Resource, Scalar, UnknownTokenError

RELEASE = "kubernetes:helm.sh/v3:Release"
NAMESPACE = "kubernetes:core/v1:Namespace"
NOWHERE = "https://kubernetes.invalid"
"""The cluster of a provider that names none; RFC 2606 keeps the name from ever resolving."""

_TOKEN = re.compile(r"kubernetes:(?P<version>[^:]+):(?P<kind>\w+)")


class Kubernetes(Cloud):
    """All clusters that the stack's providers name by kubeconfig."""

    package = "kubernetes"
    exists_error = "AlreadyExists"

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._levels: dict[str, Bag] = {}
        """Namespaces that the preview that runs now would make, by name: they say what their pods may do."""

    def configure(self, config: Bag) -> Settings:
        """The cluster is the server of the kubeconfig's current context."""
        given = plain(config)
        namespace = given.get("namespace")
        texts = {"server": _server(given.get("kubeconfig")) or NOWHERE, "namespace": namespace or "default"}
        return Settings({key: value for key, value in texts.items() if isinstance(value, str)}, given)

    def config_problems(self, config: Bag) -> Iterator[Problem]:
        """Also read the kubeconfig."""
        yield from super().config_problems(config)
        kubeconfig = plain(config.get("kubeconfig"))
        if isinstance(kubeconfig, str) and kubeconfig.strip() and not _server(kubeconfig):
            yield Problem(
                ("kubeconfig",), "it names no cluster: clusters, contexts and current-context are needed"
            )

    def place(self, token: str, bag: Bag, settings: Settings) -> str:
        """An object lives in one cluster."""
        del token, bag
        return settings.texts["server"]

    def resource(self, token: str) -> Resource:
        """A built-in kind from the SDK; any kind of a group that the SDK does not have is a custom resource."""
        found = _TOKEN.fullmatch(token)
        if token in self.sdk.tokens or not found:
            return self.sdk.resource(token)
        groups = {name.split(":")[1] for name in self.sdk.tokens}
        if found["version"] in groups:
            kinds = [
                name.rpartition(":")[2] for name in self.sdk.tokens if name.split(":")[1] == found["version"]
            ]
            raise UnknownTokenError(
                f"{found['version']} has no kind {found['kind']!r}{nearest(found['kind'], kinds)}"
            )
        return self._custom(token)

    def _custom(self, token: str) -> Resource:
        metadata = self.sdk.resource(NAMESPACE).inputs["metadata"]
        texts = {name: Property(name, name, Scalar("string"), True, "") for name in ("apiVersion", "kind")}
        inputs = {**texts, "metadata": metadata, "spec": Property("spec", "spec", Anything(), False, "")}
        return Resource(token, inputs, inputs, frozenset(), (), others=True)

    # Names live in metadata.

    def named(self, token: str, urn_name: str, seed: bytes, old: Bag, new: Bag) -> Bag:
        """Give an object a name with a suffix when it has none, and mark it as the real provider does."""
        if token == RELEASE:
            return super().named(token, urn_name, seed, old, new)
        metadata = dict(new.get("metadata") or {})
        if metadata.get("name") or metadata.get("generateName"):
            return new
        before = plain(old.get("metadata")) or {}
        metadata["name"] = before.get("name") or f"{urn_name}-{rules.suffix(seed, urn_name)}"
        metadata["annotations"] = {**(metadata.get("annotations") or {}), rules.AUTONAMED: "true"}
        return {**new, "metadata": metadata}

    def name_property(self, token: str) -> str:
        """Only releases have a name at the top."""
        return "name" if token == RELEASE else ""

    def deletes_first(self, token: str, old: Bag, new: Bag) -> bool:
        """Two objects of a kind can't have one name, unless the provider chose it."""
        if token == RELEASE:
            return super().deletes_first(token, old, new)
        one, other = plain(old.get("metadata") or {}), plain(new.get("metadata") or {})
        same = (one.get("name"), one.get("namespace")) == (other.get("name"), other.get("namespace"))
        return same and rules.AUTONAMED not in (other.get("annotations") or {})

    # Objects.

    def rules(self, token: str, inputs: Bag, settings: Settings) -> Iterator[Problem]:
        """Names, labels, namespaces, and what the API server would refuse."""
        if token == RELEASE:
            yield from rules.release(inputs)
            yield from self._namespace(
                inputs.get("namespace"), ("namespace",), settings, bool(inputs.get("createNamespace"))
            )
            return
        yield from rules.stated(token, inputs, built_in=token in self.sdk.tokens)
        yield from rules.metadata(token, inputs.get("metadata") or {})
        yield from rules.selector(inputs)
        yield from rules.template(inputs)
        yield from rules.stored(inputs)
        namespace = (inputs.get("metadata") or {}).get("namespace")
        yield from pods.problems(token, inputs, self._level(namespace, settings))
        yield from self._namespace(namespace, ("metadata", "namespace"), settings, False)

    def _namespace(self, name: Any, path: Path, settings: Settings, made: bool) -> Iterator[Problem]:
        if not isinstance(name, str) or name in rules.NAMESPACES or made or (NAMESPACE, name) in self.planned:
            return
        place = settings.texts["server"]
        if self.account.find(NAMESPACE, place, name) or self._released(name, place):
            return
        there = [r.id for r in self.account.of_type(NAMESPACE) if r.place == place]
        yield Problem(path, f'namespaces "{name}" not found{nearest(name, [*there, *rules.NAMESPACES])}')

    def _level(self, namespace: Any, settings: Settings) -> str:
        """What a namespace lets its pods do; without its label, everything."""
        if not isinstance(namespace, str):
            return ""
        record = self.account.find(NAMESPACE, settings.texts["server"], namespace)
        there = record.inputs if record else self._levels.get(namespace, {})
        labels = (there.get("metadata") or {}).get("labels") or {}
        return str(labels.get(pods.LEVEL, "")) if isinstance(labels, Mapping) else ""

    def _released(self, name: str, place: str) -> bool:
        releases = [r for r in self.account.of_type(RELEASE) if r.place == place]
        return any(r.inputs.get("namespace") == name and r.inputs.get("createNamespace") for r in releases)

    def foresee(self, token: str, inputs: Bag) -> Bag:
        """Plan namespaces by their name, so that what lives in them passes."""
        name = plain((inputs.get("metadata") or {}).get("name")) if token != RELEASE else None
        if isinstance(name, str):
            self.planned.add((token, name))
            if token == NAMESPACE:
                self._levels[name] = inputs
        if token == RELEASE and inputs.get("createNamespace") and isinstance(inputs.get("namespace"), str):
            self.planned.add((NAMESPACE, inputs["namespace"]))
        return super().foresee(token, inputs)

    def make(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Made:
        """Complete an object as the API server does."""
        if token == RELEASE:
            return self._release(inputs, settings)
        metadata = dict(inputs.get("metadata") or {})
        if not metadata.get("name"):
            metadata["name"] = f"{metadata.get('generateName', urn_name)}{secrets.token_hex(3)[:5]}"
        if rules.namespaced(token, metadata):
            metadata.setdefault("namespace", settings.texts["namespace"])
        id_ = "/".join(str(plain(metadata[key])) for key in ("namespace", "name") if metadata.get(key))
        born = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        stamped = {
            "uid": str(uuid.uuid4()),
            "resourceVersion": str(secrets.randbelow(10**6)),
            "creationTimestamp": born,
        }
        outputs: Bag = {**inputs, **self._stated(token), "metadata": {**metadata, **stamped, "generation": 1}}
        if token == "kubernetes:core/v1:Service":
            outputs["spec"] = {
                "clusterIP": f"172.20.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}",
                "type": "ClusterIP",
                **(inputs.get("spec") or {}),
            }
        return Made(id_, outputs, (), settings.texts["server"])

    def _stated(self, token: str) -> Bag:
        version, kind = token.split(":")[1:]
        return {"apiVersion": version.removeprefix("core/"), "kind": kind} if token in self.sdk.tokens else {}

    def _release(self, inputs: Bag, settings: Settings) -> Made:
        namespace, name = plain(inputs.get("namespace")) or settings.texts["namespace"], plain(inputs["name"])
        status = {
            "appVersion": "", "chart": str(plain(inputs["chart"])), "name": name, "namespace": namespace, "revision": 1,
            "status": "deployed", "version": plain(inputs.get("version")) or "0.0.0",
        }  # fmt: skip
        outputs = {**inputs, "namespace": namespace, "status": status, "resourceNames": {}}
        return Made(f"{namespace}/{name}", outputs, (), settings.texts["server"])

    def update(self, record: Record, outputs: Bag, inputs: Bag, settings: Settings) -> Bag:
        """Raise the generation, or a release's revision."""
        changed = super().update(record, outputs, inputs, settings)
        if record.token == RELEASE:
            changed["namespace"] = record.outputs["namespace"]
            changed["status"] = {
                **record.outputs["status"],
                "revision": record.outputs["status"]["revision"] + 1,
            }
            return changed
        kept = {**record.outputs["metadata"], **(inputs.get("metadata") or {})}
        changed["metadata"] = {**kept, "generation": int(record.outputs["metadata"].get("generation", 1)) + 1}
        return changed

    def replaces(self, token: str, path: Path) -> bool:
        """What an API server holds immutable."""
        return rules.immutable(token, path)

    def removed(self, record: Record) -> int:
        """A deleted namespace takes its objects along."""
        if record.token != NAMESPACE:
            return 0
        inside = [
            r for r in self.account.all() if r.place == record.place and r.id.startswith(f"{record.id}/")
        ]
        for other in inside:
            self.account.remove(other)
        return len(inside)


def _server(kubeconfig: Any) -> str:
    """The API server that a kubeconfig points to; empty when it is none or is not known yet."""
    if not isinstance(kubeconfig, str):
        return ""
    try:
        config = yaml.safe_load(kubeconfig)
    except yaml.YAMLError:
        return ""
    if not isinstance(config, Mapping):
        return ""
    contexts = {entry.get("name"): entry.get("context") or {} for entry in config.get("contexts") or []}
    clusters = {entry.get("name"): entry.get("cluster") or {} for entry in config.get("clusters") or []}
    wanted = contexts.get(config.get("current-context"), {}).get("cluster")
    found = clusters.get(wanted) or next(iter(clusters.values()), {})
    return str(found.get("server", ""))
