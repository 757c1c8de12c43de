"""Values that the chart must reject, and what it must say."""

from __future__ import annotations

from checks.chart import Chart, Values
from checks.report import Report

KAFKA = {"bootstrapServers": "kafka:9092"}
SMALL = {"requests": {"cpu": "1", "memory": "512Mi"}, "limits": {"memory": "512Mi"}}

# What is wrong; the values, with the bootstrap servers unless they are given; what the message must contain.
CASES: list[tuple[str, Values, list[str]]] = [
    ("no bootstrap servers", {"kafka": {"bootstrapServers": ""}}, ["Set kafka.bootstrapServers"]),
    ("no port", {"kafka": {"bootstrapServers": "kafka"}}, ["/kafka/bootstrapServers", "does not match pattern"]),
    ("unknown value", {"extractor": {"replica": 2}}, ["/extractor", "replica"]),
    ("unknown service", {"broker": {"enabled": True}}, ["broker"]),
    ("replicas as text", {"api": {"replicas": "two"}}, ["/api/replicas", "integer"]),
    (
        "autoscaling to zero",
        {"extractor": {"autoscaling": {"enabled": True, "minReplicas": 0}}},
        ["/extractor/autoscaling/minReplicas", "minimum"],
    ),
    ("unknown protocol", {"kafka": {**KAFKA, "securityProtocol": "TLS"}}, ["/kafka/securityProtocol", "SASL_SSL"]),
    ("unknown monitor", {"monitoring": {"kind": "Probe"}}, ["/monitoring/kind", "PodMonitor"]),
    (
        "no memory limit",
        {"inference": {"resources": {"limits": {"memory": None, "cpu": "1"}}}},
        ["/inference/resources/limits", "memory"],
    ),
    (
        "a number as option",
        {"extractor": {"options": {"max-channels": 8}}},
        ["/extractor/options/max-channels", "string"],
    ),
    (
        "option with dashes",
        {"extractor": {"options": {"--max-duration": "1h"}}},
        ["/extractor/options", "--max-duration"],
    ),
    ("setting in upper case", {"api": {"kafkaSettings": {"LINGER_MS": "1"}}}, ["/api/kafkaSettings", "LINGER_MS"]),
    (
        "option of the chart",
        {"extractor": {"options": {"threads": "8"}}},
        ["extractor.options.threads: the chart sets this option"],
    ),
    (
        "setting of the chart",
        {"kafka": {**KAFKA, "clientSettings": {"group.instance.id": "a"}}},
        ["group.instance.id is no client setting of your own"],
    ),
    (
        "a password in values",
        {"kafka": {**KAFKA, "clientSettings": {"sasl.jaas.config": "a"}}},
        ["sasl.jaas.config is no client setting of your own"],
    ),
    (
        "two spools",
        {"uploads": {"existingClaim": "uploads", "bucket": "s3://uploads/"}, "extractor": {"s3": {"enabled": True}}},
        ["uploads.existingClaim and uploads.bucket exclude each other"],
    ),
    ("a spool without credentials", {"uploads": {"bucket": "s3://uploads/"}}, ["uploads.bucket needs extractor.s3"]),
    ("a spool that is no bucket", {"uploads": {"bucket": "uploads"}}, ["/uploads/bucket", "does not match pattern"]),
    (
        "too little memory",
        {"extractor": {"resources": SMALL}},
        ["extractor.resources.limits.memory is 512 MiB", "raise it to 1104Mi"],
    ),
    ("too much heap", {"api": {"heapMiB": 2000}}, ["api.resources.limits.memory is 2048 MiB", "raise it to 2256Mi"]),
    ("SASL without a secret", {"kafka": {**KAFKA, "securityProtocol": "SASL_SSL"}}, ["set kafka.sasl.existingSecret"]),
    (
        "a mechanism without its settings",
        {
            "kafka": {
                **KAFKA,
                "securityProtocol": "SASL_SSL",
                "sasl": {"existingSecret": "a", "mechanism": "OAUTHBEARER"},
            }
        },
        ["OAUTHBEARER needs a whole sasl.jaas.config"],
    ),
    (
        "brokers outside, without addresses",
        {"kafka": {"bootstrapServers": "b.example.org:9092"}},
        ["outside of the cluster (b.example.org:9092)", "networkPolicy.kafka.to"],
    ),
    (
        "brokers by address, without addresses",
        {"kafka": {"bootstrapServers": "10.0.0.1:9092"}},
        ["networkPolicy.kafka.to"],
    ),
    ("hosts that no policy allows", {"extractor": {"allowedHosts": ["a.example.org"]}}, ["need networkPolicy.sources"]),
    ("a bucket that no policy allows", {"extractor": {"s3": {"enabled": True}}}, ["need networkPolicy.sources"]),
    (
        "a bucket of uploads that no policy allows",
        {"extractor": {"enabled": False, "s3": {"enabled": True}}, "uploads": {"bucket": "s3://uploads/"}},
        ["uploads.bucket needs networkPolicy.sources"],
    ),
    (
        "an open ingress",
        {"api": {"ingress": {"enabled": True, "host": "a.example.org"}}},
        ["let every client use the API"],
    ),
    ("an ingress without host", {"api": {"ingress": {"enabled": True}}}, ["set api.ingress.host"]),
    (
        "autoscaling with a JAAS line",
        {
            "kafka": {**KAFKA, "securityProtocol": "SASL_SSL", "sasl": {"existingSecret": "a", "jaasConfigKey": "b"}},
            "extractor": {"autoscaling": {"enabled": True}},
        },
        ["KEDA cannot read kafka.sasl.jaasConfigKey", "keda.authenticationRef"],
    ),
    (
        "autoscaling with a key store",
        {
            "kafka": {**KAFKA, "securityProtocol": "SSL", "keystore": {"existingSecret": "a"}},
            "extractor": {"autoscaling": {"enabled": True}},
        },
        ["KEDA cannot read kafka.keystore"],
    ),
]


def check_rejections(report: Report, chart: Chart) -> None:
    for what, values, parts in CASES:
        done = chart.try_render({"kafka": KAFKA} | values)
        if done.returncode == 0:
            report.failure(f"accepted: {what}")
            continue
        for part in parts:
            report.expect(part in done.stderr, f"{what}: the message lacks {part!r}: {done.stderr}")
    report.info(f"{len(CASES)} wrong value sets rejected")
