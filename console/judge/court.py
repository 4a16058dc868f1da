"""A hearing: every object of a stack is put before the API server, as the engine would, and what it says is kept."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from console.judge import charts, cluster, crds, objects
from console.judge.objects import Wanted
from console.judge.server import Server

Judge = Literal["", "kubernetes"]
"""Who else judges what a rehearsal made; empty for the stand-ins alone."""

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
ESTABLISH_SECONDS = 30.0
FOREBODING = "would violate PodSecurity"
"""A warning about the pods that a controller would make; each is asked for itself, so it would be said twice."""

ALWAYS = ("default", "kube-system", "kube-public", "kube-node-lease")
"""Namespaces that the server makes by itself."""

STRICT = {"fieldManager": "causeway", "fieldValidation": "Strict"}
"""Unknown and doubled fields are mistakes; Pulumi's own provider would only warn of them."""


@dataclass(frozen=True)
class Complaint:
    """What the server has against one object."""

    urn: str
    text: str
    """`path: reason`."""


@dataclass(frozen=True)
class Verdict:
    """What one hearing found."""

    judge: str
    """Who judged, with the version."""
    heard: int
    """Objects that the server looked at."""
    charts: int
    """Charts, whose values were read beside their own; what they bring only Helm knows."""
    complaints: tuple[Complaint, ...]
    unjudged: Mapping[str, str]
    """API groups that the server could not be taught and charts that could not be read, each with the reason."""


@dataclass(frozen=True)
class Kind:
    """How the server calls the objects of a kind."""

    plural: str
    namespaced: bool


@dataclass
class Court:
    """One cluster through the life of a stack: a second hearing shows what cannot be changed in place."""

    server: Server
    definitions: Path | None = None
    """A folder of definitions of custom kinds that comes before all known modules. Default: none."""
    _kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)
    _missing: dict[str, str] = field(default_factory=dict)
    _there: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By URN: what tells the object from a successor, and its path."""

    def hear(self, deployment: Mapping[str, Any]) -> Verdict:
        """Put a stack's objects before the server.

        Args:
            deployment: The state with its secrets open.
        """
        wanted = objects.wanted(deployment)
        for namespace in ALWAYS:
            self._account(namespace)
        self._teach(wanted)
        self._take_away(wanted)
        found: list[Complaint] = []
        for one in sorted(wanted, key=lambda one: one.kind != "Namespace"):
            found += [Complaint(one.urn, text) for text in self._judge(one)]
        # controllers make pods when all is there, whichever of it the engine made first
        found += [Complaint(one.urn, f"its pod: {text}") for one in wanted for text in self._judge_pods(one)]
        heard = [one for one in wanted if self._kind(one)]
        unread = dict(self._missing)
        for release in charts.releases(deployment):
            try:
                found += [Complaint(release.urn, text) for text in charts.complaints(release)]
            except LookupError as problem:
                unread[f"{release.chart} {release.version}"] = str(problem)
        return Verdict(
            f"Kubernetes {cluster.version()}",
            len(heard),
            len(charts.releases(deployment)),
            tuple(found),
            unread,
        )

    def _judge(self, one: Wanted) -> Iterable[str]:
        kind = self._kind(one)
        if kind is None:
            known = self._kinds.get(one.version)
            if known is not None:
                yield f"kind: {one.version} has no {one.kind!r}"
            return
        path = _path(one, kind)
        answer = self.server.ask("PATCH", path, one.body, APPLY, force="true", **STRICT)
        yield from (text for text in answer.complaints if not text.startswith(FOREBODING))
        if one.kind == "Namespace":  # none is taken away: nobody would empty it
            self._account(one.name)
        elif answer.ok:
            self._there[one.urn] = one.uid, path

    def _judge_pods(self, one: Wanted) -> Iterable[str]:
        for pod in objects.pods(one) if self._kind(one) else ():
            place = f"/api/v1/namespaces/{quote(pod['metadata']['namespace'])}/pods"
            refused = self.server.ask("POST", place, pod, dryRun="All", **STRICT)
            yield from refused.complaints

    def _account(self, namespace: str) -> None:
        """Make what a controller makes in every namespace: the service account of pods that name none."""
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        self.server.ask("POST", f"/api/v1/namespaces/{quote(namespace)}/serviceaccounts", account)

    def _kind(self, one: Wanted) -> Kind | None:
        return self._kinds.get(one.version, {}).get(one.kind)

    def _teach(self, wanted: Iterable[Wanted]) -> None:
        """Learn what the server knows, and give it the definitions of what it does not."""
        versions = {one.version: one.group for one in wanted if one.version not in self._kinds}
        unknown = {version: group for version, group in versions.items() if not self._learn(version)}
        if not unknown:
            return
        found = crds.find(set(unknown.values()), self.definitions)
        for definition in found.definitions:
            name = definition["metadata"]["name"]
            answer = self.server.ask("POST", f"{_CRDS}", definition)
            if not answer.ok and answer.status != _EXISTS:
                self._missing[definition["spec"]["group"]] = f"{name}: {'; '.join(answer.complaints)}"
        for version, group in unknown.items():
            if group in found.missing:
                self._missing[group] = found.missing[group]
            else:
                self._await(version, _defined(version, found.definitions))

    def _await(self, version: str, kinds: Collection[str]) -> None:
        """Wait until kinds that were just defined are served: they come one by one."""
        end = time.monotonic() + ESTABLISH_SECONDS
        while not (self._learn(version) and self._kinds[version].keys() >= set(kinds)):
            if time.monotonic() > end:
                why = f"{version} is not served by its definitions"
                self._missing.setdefault(version.rpartition("/")[0], why)
                return
            time.sleep(0.1)

    def _learn(self, version: str) -> bool:
        answer = self.server.ask("GET", _root(version))
        if answer.ok:
            self._kinds[version] = {
                row["kind"]: Kind(row["name"], row["namespaced"])
                for row in answer.body["resources"]
                if "/" not in row["name"]
            }
        return answer.ok

    def _take_away(self, wanted: Iterable[Wanted]) -> None:
        """Delete what the engine deleted or replaced since the last hearing; no controller would lift finalizers."""
        now = {one.urn: one.uid for one in wanted}
        for urn, (uid, path) in list(self._there.items()):
            if now.get(urn) == uid:
                continue
            self.server.ask("DELETE", path, {"propagationPolicy": "Background"})
            self.server.ask("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
            del self._there[urn]


_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_EXISTS = 409


def _defined(version: str, definitions: Iterable[Mapping[str, Any]]) -> set[str]:
    group, _, name = version.rpartition("/")
    return {
        one["spec"]["names"]["kind"]
        for one in definitions
        if one["spec"]["group"] == group
        and any(row["name"] == name and row["served"] for row in one["spec"]["versions"])
    }


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _path(one: Wanted, kind: Kind) -> str:
    place = f"/namespaces/{quote(one.namespace or 'default')}" if kind.namespaced else ""
    return f"{_root(one.version)}{place}/{kind.plural}/{quote(one.name)}"
