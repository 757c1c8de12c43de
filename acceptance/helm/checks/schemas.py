"""Objects against Kubernetes' schemas, and references between objects."""

from __future__ import annotations

from typing import Any

import kubernetes_validate

from checks.chart import Object, Objects
from checks.report import Report

# Custom resources, whose schemas are not part of Kubernetes: the fields of `spec` that their definitions require, and the
# others that the chart uses.
CUSTOM: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("monitoring.coreos.com/v1", "PodMonitor"): ({"selector", "podMetricsEndpoints"}, set()),
    ("monitoring.coreos.com/v1", "ServiceMonitor"): ({"selector", "endpoints"}, set()),
    ("monitoring.coreos.com/v1", "PrometheusRule"): ({"groups"}, set()),
    ("keda.sh/v1alpha1", "ScaledObject"): (
        {"scaleTargetRef", "triggers"},
        {"minReplicaCount", "maxReplicaCount", "pollingInterval", "advanced"},
    ),
    ("keda.sh/v1alpha1", "TriggerAuthentication"): (set(), {"env", "secretTargetRef"}),
}
RELABELING = {"sourceLabels", "targetLabel", "replacement", "regex", "action"}


def check_schemas(report: Report, name: str, objects: Objects, versions: list[str]) -> tuple[int, int]:
    """Return how many objects have a schema, and how many have none."""
    with_schema = 0
    for item in objects:
        title = f"{name}: {item['kind']} {item['metadata']['name']}"
        if (item["apiVersion"], item["kind"]) in CUSTOM:
            check_custom(report, title, item)
            continue
        with_schema += 1
        for version in versions:
            try:
                kubernetes_validate.validate(item, version, strict=True)
                report.passed += 1
            except kubernetes_validate.ValidationError as e:
                report.failure(f"{title}: Kubernetes {version}: {'.'.join(map(str, e.path))}: {e.message}")
            except kubernetes_validate.SchemaNotFoundError as e:
                report.failure(f"{title}: {e.message}")
    return with_schema, len(objects) - with_schema


def check_custom(report: Report, title: str, item: Object) -> None:
    required, optional = CUSTOM[item["apiVersion"], item["kind"]]
    fields = set(item["spec"])
    report.expect(required <= fields, f"{title}: spec lacks {required - fields}")
    report.expect(fields <= required | optional, f"{title}: spec has unknown {fields - required - optional}")
    for endpoint in item["spec"].get("podMetricsEndpoints", item["spec"].get("endpoints", [])):
        unknown = set(endpoint) - {"port", "path", "interval", "authorization", "relabelings"}
        report.expect(not unknown, f"{title}: endpoint has unknown {unknown}")
        for rule in endpoint["relabelings"]:
            report.expect(set(rule) <= RELABELING, f"{title}: relabeling has unknown {set(rule) - RELABELING}")
    for trigger in item["spec"].get("triggers", []):
        report.expect({"type", "metadata"} <= set(trigger), f"{title}: a trigger lacks type or metadata")
        # KEDA reads a map of strings; numbers and booleans are refused.
        wrong = {key: value for key, value in trigger["metadata"].items() if not isinstance(value, str)}
        report.expect(not wrong, f"{title}: metadata of a trigger is not text: {wrong}")


def check_references(report: Report, name: str, objects: Objects) -> None:
    """Check that names are unique, and that objects which others name exist."""
    keys = [(item["kind"], item["metadata"]["name"]) for item in objects]
    report.expect(len(set(keys)) == len(keys), f"{name}: objects share a name: {sorted(keys)}")
    accounts = {item["metadata"]["name"] for item in objects.of_kind("ServiceAccount")}
    given = {"reprise", "default"} if name == "one-namespace" else set()
    for pod, spec in objects.pods():
        account = spec["serviceAccountName"]
        report.expect(account in accounts | given, f"{name}: {pod}: there is no service account {account}")
        volumes = [volume["name"] for volume in spec["volumes"]]
        claims = [claim["metadata"]["name"] for claim in claims_of(objects, pod)]
        mounts = [mount["name"] for mount in spec["containers"][0]["volumeMounts"]]
        report.expect(
            sorted(mounts) == sorted(volumes + claims), f"{name}: {pod}: mounts {mounts} of {volumes} {claims}"
        )
    for item in objects.of_kind("StatefulSet"):
        service = objects.one("Service", item["spec"]["serviceName"])
        report.expect(
            service["spec"].get("clusterIP") == "None", f"{name}: {service['metadata']['name']} is not headless"
        )
    for item in objects.of_kind("ScaledObject"):
        target = objects.one("StatefulSet", item["spec"]["scaleTargetRef"]["name"])
        title = f"{name}: {target['metadata']['name']}"
        report.expect("replicas" not in target["spec"], f"{title}: replicas would undo the autoscaler at each upgrade")
        for trigger in item["spec"]["triggers"]:
            reference = trigger.get("authenticationRef", {}).get("name")
            if reference:
                objects.one("TriggerAuthentication", reference)
    for item in objects:
        check_selector(report, f"{name}: {item['kind']} {item['metadata']['name']}", item, objects)


def check_selector(report: Report, title: str, item: Object, objects: Objects) -> None:
    """Check that a selector selects the pods of one controller."""
    spec: dict[str, Any] = item.get("spec", {})
    selector = spec.get("podSelector", spec.get("selector"))
    if item["kind"] == "ServiceMonitor":
        services = [
            it for it in objects.of_kind("Service") if matches(selector["matchLabels"], it["metadata"]["labels"])
        ]
        report.expect(len(services) == 1, f"{title}: selects {len(services)} Services")
    elif isinstance(selector, dict):
        labels = selector.get("matchLabels", selector)
        pods = [it["spec"]["template"]["metadata"]["labels"] for it in objects.of_kind("StatefulSet", "Job")]
        pods += [it["metadata"]["labels"] for it in objects.of_kind("Pod")]
        count = sum(matches(labels, pod) for pod in pods)
        report.expect(count == 1, f"{title}: selects the pods of {count} controllers")


def claims_of(objects: Objects, pod: str) -> list[Object]:
    sets = [item for item in objects.of_kind("StatefulSet") if item["metadata"]["name"] == pod]
    return sets[0]["spec"].get("volumeClaimTemplates", []) if sets else []


def matches(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return selector.items() <= labels.items()
