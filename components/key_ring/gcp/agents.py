"""Google's service agents: the accounts by which its services use a project's keys."""

import re
from functools import cached_property

import pulumi
from pulumi_gcp import logging, projects, storage

MADE = ("container", "lustre")
"""Services whose agents exist only once they are asked for."""

COMPUTE = "compute-system"
"""The domain of the one agent that comes with the project's API (cloud.google.com/iam/docs/service-agents)."""


class Agents:
    """Gives the service agents of one project; nothing is looked up before the project has them."""

    def __init__(self, name: str, project: str, opts: pulumi.ResourceOptions) -> None:
        self._project = project
        self._made = {
            service: projects.ServiceIdentity(
                f"{name}-{service}", project=project, service=f"{service}.googleapis.com", opts=opts
            )
            for service in MADE
        }

    def member(self, service: str) -> pulumi.Output[str]:
        """Give an agent as IAM names principals.

        Args:
            service: One of `MADE`, `compute`, `storage` or `logging`.
        """
        if service in self._made:
            member: pulumi.Output[str] = self._made[service].member
            return member
        found = {
            "logging": lambda: self._logs,
            "storage": lambda: self._buckets,
            "compute": lambda: self._disks,
        }
        return found[service]()

    @cached_property
    def _disks(self) -> pulumi.Output[str]:
        email: pulumi.Output[str] = self._made["container"].email
        return email.apply(lambda known: f"serviceAccount:{address(known, COMPUTE)}")

    @cached_property
    def _buckets(self) -> pulumi.Output[str]:
        """Give the account of buckets, which Cloud Storage makes when it is first asked for its name."""
        found = storage.get_project_service_account_output(project=self._later, opts=self._beside)
        member: pulumi.Output[str] = found.member
        return member

    @cached_property
    def _logs(self) -> pulumi.Output[str]:
        """Give the account that opens the keys of log buckets: not the agent of the service, and named by it alone."""
        found = logging.get_project_cmek_settings_output(project=self._later, opts=self._beside)
        return pulumi.Output.concat("serviceAccount:", found.service_account_id)

    @property
    def _later(self) -> pulumi.Output[str]:
        # a question waits for an agent that is made, so that a first preview asks nobody
        email: pulumi.Output[str] = self._made["container"].email
        return email.apply(lambda _: self._project)

    @property
    def _beside(self) -> pulumi.InvokeOutputOptions:
        return pulumi.InvokeOutputOptions(parent=self._made["container"])


def address(agent: str, domain: str) -> str:
    """Give the address of another agent of the same project: they differ in the domain alone.

    Raises:
        ValueError: The address is no service agent's.
    """
    number = re.match(r"service-(\d+)@", agent)
    if number is None:
        raise ValueError(f"{agent!r} is no service agent: its address begins with service-<project number>@")
    return f"service-{number[1]}@{domain}.iam.gserviceaccount.com"
