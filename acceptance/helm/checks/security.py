"""Pods against the restricted Pod Security Standard, and what they may reach."""

from __future__ import annotations

import json
import re

from checks.chart import Objects, environment
from checks.report import Report

# Volume types that the standard allows.
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SECRET_NAMES = re.compile(r"PASSWORD|TOKEN|SECRET|JAAS|ACCESS_KEY")
# The commands that end (topics, doctor) listen at no port.
WITHOUT_PROBES = {"topics", "doctor"}


def check_pods(report: Report, name: str, objects: Objects) -> None:
    for pod, spec in objects.pods():
        title = f"{name}: {pod}"
        context = spec.get("securityContext", {})
        report.expect(context.get("runAsNonRoot") is True, f"{title}: runAsNonRoot is not true")
        report.expect(context.get("runAsUser") != 0, f"{title}: runs as root")
        profile = context.get("seccompProfile", {}).get("type")
        report.expect(profile in ("RuntimeDefault", "Localhost"), f"{title}: seccompProfile is {profile}")
        for field in ("hostNetwork", "hostPID", "hostIPC", "initContainers"):
            report.expect(not spec.get(field), f"{title}: {field} is set")
        report.expect(spec.get("automountServiceAccountToken") is False, f"{title}: mounts a token of the API server")
        report.expect(spec.get("enableServiceLinks") is False, f"{title}: Services would set variables REPRISE_*")
        for volume in spec["volumes"]:
            kinds = set(volume) - {"name"}
            report.expect(kinds <= VOLUMES, f"{title}: volume {volume['name']} is a {kinds}")
        for container in spec["containers"]:
            check_container(report, f"{title}: {container['name']}", container)


def check_container(report: Report, title: str, container: dict) -> None:
    context = container.get("securityContext", {})
    report.expect(context.get("allowPrivilegeEscalation") is False, f"{title}: allowPrivilegeEscalation is not false")
    report.expect(context.get("readOnlyRootFilesystem") is True, f"{title}: readOnlyRootFilesystem is not true")
    report.expect(not context.get("privileged"), f"{title}: privileged")
    capabilities = context.get("capabilities", {})
    report.expect(capabilities == {"drop": ["ALL"]}, f"{title}: capabilities are {capabilities}")
    report.expect(not any("hostPort" in port for port in container.get("ports", [])), f"{title}: has a hostPort")
    resources = container["resources"]
    for amount in ("cpu", "memory"):
        report.expect(amount in resources.get("requests", {}), f"{title}: requests no {amount}")
    report.expect("memory" in resources.get("limits", {}), f"{title}: has no limit of memory")
    for variable, value in environment(container).items():
        # $(KAFKA_PASSWORD) is a reference to a secret's value.
        literal = isinstance(value, str) and "$(KAFKA_PASSWORD)" not in value
        secret = SECRET_NAMES.search(variable) and literal
        report.expect(not secret, f"{title}: {variable} is in the manifest, not in a secret")
    writable = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    expected = {"/tmp"} if container["name"] in WITHOUT_PROBES else {"/tmp", "/var/lib/reprise"}
    spool = str(environment(container).get("REPRISE_SPOOL", ""))
    # Of API and extractor only; others have no such variable.
    expected |= {spool} if spool.startswith("/") else set()
    report.expect(writable == expected, f"{title}: can write to {sorted(writable)}, expected {sorted(expected)}")
    probes = {"startupProbe", "livenessProbe", "readinessProbe"} & set(container)
    expected_probes = 0 if container["name"] in WITHOUT_PROBES else 3
    report.expect(len(probes) == expected_probes, f"{title}: has the probes {sorted(probes)}")


def check_network(report: Report, name: str, objects: Objects) -> None:
    policies = {item["metadata"]["name"]: item["spec"] for item in objects.of_kind("NetworkPolicy")}
    if name == "one-namespace":
        report.expect(not policies, f"{name}: networkPolicy is off, but there are {sorted(policies)}")
        return
    for pod, _ in objects.pods():
        policy = policies.get(pod)
        if policy is None:
            report.failure(f"{name}: {pod} has no NetworkPolicy")
            continue
        title = f"{name}: NetworkPolicy {pod}"
        report.expect(policy["policyTypes"] == ["Ingress", "Egress"], f"{title}: policyTypes {policy['policyTypes']}")
        for rule in policy["egress"]:
            report.expect(rule.get("to"), f"{title}: egress to every address: {json.dumps(rule)}")
            report.expect(rule.get("ports"), f"{title}: egress to every port: {json.dumps(rule)}")
            report.expect({} not in rule.get("to", []), f"{title}: egress to every address: {json.dumps(rule)}")
        for rule in policy.get("ingress", []):
            report.expect(rule.get("ports"), f"{title}: ingress to every port: {json.dumps(rule)}")
