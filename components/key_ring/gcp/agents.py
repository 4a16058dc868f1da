"""Google's service agents: the accounts by which its services use a project's keys."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import pulumi
from pulumi_gcp import logging, projects

MADE = ("container", "lustre")
"""Services whose agents exist only once they are asked for."""

THERE: Mapping[str, str] = MappingProxyType({"compute": "compute-system", "storage": "gs-project-accounts"})
"""Services whose agents come with the project, by the domain of the agent's address
(cloud.google.com/iam/docs/service-agents)."""


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
            service: A key of `THERE`, one of `MADE`, or `logging`.
        """
        if service == "logging":
            return self._logs()
        if service in self._made:
            member: pulumi.Output[str] = self._made[service].member
            return member
        email: pulumi.Output[str] = self._made["container"].email
        return email.apply(lambda known: f"serviceAccount:{address(known, THERE[service])}")

    def _logs(self) -> pulumi.Output[str]:
        """Give the account that opens the keys of log buckets: not the agent of the service, and named by it alone.

        The question waits for another agent, so that a first preview asks nobody (Logging API, getCmekSettings).
        """
        agent = self._made["container"]
        found = logging.get_project_cmek_settings_output(
            project=agent.email.apply(lambda _: self._project), opts=pulumi.InvokeOutputOptions(parent=agent)
        )
        return pulumi.Output.concat("serviceAccount:", found.service_account_id)


def address(agent: str, domain: str) -> str:
    """Give the address of another agent of the same project: they differ in the domain alone.

    Raises:
        ValueError: The address is no service agent's.
    """
    number = re.match(r"service-(\d+)@", agent)
    if number is None:
        raise ValueError(f"{agent!r} is no service agent: its address begins with service-<project number>@")
    return f"service-{number[1]}@{domain}.iam.gserviceaccount.com"
