"""Unit tests of the templates: values in, fields of objects out."""

from __future__ import annotations

from collections.abc import Callable

from checks.chart import CI, Chart, Objects, Values, environment
from checks.report import Report

BOOTSTRAP = "kafka-bootstrap.kafka.svc:9092"
SASL_SSL = {"bootstrapServers": BOOTSTRAP, "securityProtocol": "SASL_SSL"}
# What the Prometheus operator adds to each target besides namespace, job and instance.
OPERATOR_LABELS = {"pod", "container", "endpoint", "service", "node"}

Render = Callable[[Values], Objects]


def check_templates(report: Report, chart: Chart) -> None:
    def render(values: Values) -> Objects:
        return chart.render({"kafka": {"bootstrapServers": BOOTSTRAP}} | values)

    tests = [value for name, value in sorted(globals().items()) if name.startswith("test_")]
    for test in tests:
        before = len(report.failures)
        try:
            test(render)
            report.passed += 1
        except AssertionError as e:
            report.failure(f"{test.__name__}: {e}")
        except (KeyError, IndexError, StopIteration) as e:
            report.failure(f"{test.__name__}: {type(e).__name__} {e}")
        if len(report.failures) > before:
            report.info(f"  {test.__doc__}")
    check_kinds(report, chart)
    report.info(f"{len(tests)} unit tests of the templates")


def container(objects: Objects, service: str) -> dict:
    return objects.one("StatefulSet", f"reprise-{service}")["spec"]["template"]["spec"]["containers"][0]


def variables(objects: Objects, service: str) -> dict:
    return environment(container(objects, service))


def equal(actual: object, expected: object) -> None:
    assert actual == expected, f"{actual!r} is not {expected!r}"


def test_static_membership(render: Render) -> None:
    """The pod's name, which a StatefulSet keeps, is group.instance.id."""
    objects = render({})
    for service in ("extractor", "inference", "api"):
        env = variables(objects, service)
        equal(env["POD_NAME"], {"fieldRef": {"fieldPath": "metadata.name"}})
        equal(env["REPRISE_KAFKA_GROUP_INSTANCE_ID"], "$(POD_NAME)")
        equal(env["REPRISE_KAFKA_SESSION_TIMEOUT_MS"], "45000")
    off = render({"kafka": {"bootstrapServers": BOOTSTRAP, "staticMembership": {"enabled": False}}})
    assert "REPRISE_KAFKA_GROUP_INSTANCE_ID" not in variables(off, "extractor")
    assert "REPRISE_KAFKA_SESSION_TIMEOUT_MS" not in variables(off, "extractor")


def test_principal_of_a_service(render: Render) -> None:
    """A service's own secrets replace the common ones; topics, doctor and the other services keep these."""
    common = {**SASL_SSL, "sasl": {"existingSecret": "topics-user"}, "keystore": {"existingSecret": "common"}}
    own = {"sasl": {"existingSecret": "extractor-user"}, "keystore": {"existingSecret": "certificate"}}
    objects = render({"kafka": common, "extractor": {"kafka": own}})
    pod = objects.one("StatefulSet", "reprise-extractor")["spec"]["template"]["spec"]
    equal(
        variables(objects, "extractor")["KAFKA_PASSWORD"],
        {"secretKeyRef": {"name": "extractor-user", "key": "password"}},
    )
    equal(
        variables(objects, "inference")["KAFKA_PASSWORD"], {"secretKeyRef": {"name": "topics-user", "key": "password"}}
    )
    equal([it["secret"]["secretName"] for it in pod["volumes"] if it["name"] == "keystore"], ["certificate"])
    job = environment(objects.one("Job", "reprise-topics")["spec"]["template"]["spec"]["containers"][0])
    equal(job["KAFKA_PASSWORD"], {"secretKeyRef": {"name": "topics-user", "key": "password"}})


def test_metrics_token(render: Render) -> None:
    """One secret is the token of all services' metrics, and of the monitors that read them."""
    secret = {"name": "metrics-token", "key": "token"}
    objects = render({"metricsToken": {"existingSecret": "metrics-token"}, "monitoring": {"enabled": True}})
    for service in ("extractor", "inference", "api"):
        equal(variables(objects, service)["REPRISE_METRICS_TOKEN"], {"secretKeyRef": secret})
        endpoint = objects.one("PodMonitor", f"reprise-{service}")["spec"]["podMetricsEndpoints"][0]
        equal(endpoint["authorization"], {"credentials": secret})
    without = render({"monitoring": {"enabled": True}})
    assert "REPRISE_METRICS_TOKEN" not in variables(without, "api")
    assert "authorization" not in without.one("PodMonitor", "reprise-api")["spec"]["podMetricsEndpoints"][0]


def test_state(render: Render) -> None:
    """Inference and API keep their state in a claim of each pod; the extractor has none."""
    objects = render({})
    for service, size in (("inference", "10Gi"), ("api", "20Gi")):
        claim = objects.one("StatefulSet", f"reprise-{service}")["spec"]["volumeClaimTemplates"][0]
        equal(claim["spec"]["resources"], {"requests": {"storage": size}})
        equal(claim["spec"]["accessModes"], ["ReadWriteOnce"])
    extractor = objects.one("StatefulSet", "reprise-extractor")["spec"]
    assert "volumeClaimTemplates" not in extractor
    equal(extractor["template"]["spec"]["volumes"][1], {"name": "data", "emptyDir": {"sizeLimit": "8Gi"}})


def test_updates_heal(render: Render) -> None:
    """Pods start together, so that an update that fails can be rolled back."""
    for item in render({}).of_kind("StatefulSet"):
        equal(item["spec"]["podManagementPolicy"], "Parallel")
        equal(item["spec"]["updateStrategy"], {"type": "RollingUpdate"})


def test_pods_ignore_the_chart_version(render: Render) -> None:
    """A new version of the chart alone restarts nothing."""
    for item in render({}).of_kind("StatefulSet"):
        labels = item["spec"]["template"]["metadata"]["labels"]
        assert not {"helm.sh/chart", "app.kubernetes.io/version"} & set(labels), labels


def test_spread(render: Render) -> None:
    """Pods of a service spread over zones and nodes; a list of one's own replaces that, an empty one too."""
    spread = render({}).one("StatefulSet", "reprise-api")["spec"]["template"]["spec"]["topologySpreadConstraints"]
    equal([it["topologyKey"] for it in spread], ["topology.kubernetes.io/zone", "kubernetes.io/hostname"])
    equal({it["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] for it in spread}, {"api"})
    none = render({"api": {"topologySpreadConstraints": []}}).one("StatefulSet", "reprise-api")
    assert "topologySpreadConstraints" not in none["spec"]["template"]["spec"]


def test_disruption_budgets(render: Render) -> None:
    """One pod of a service at a time is evicted; one that fails does not block."""
    budgets = render({}).of_kind("PodDisruptionBudget")
    equal(len(budgets), 3)
    for budget in budgets:
        equal(budget["spec"]["maxUnavailable"], 1)
        equal(budget["spec"]["unhealthyPodEvictionPolicy"], "AlwaysAllow")


def test_extractor_reaches_kafka_and_dns_only(render: Render) -> None:
    """Without remote sources, the extractor's egress is Kafka's namespace and port, and DNS."""
    egress = render({}).one("NetworkPolicy", "reprise-extractor")["spec"]["egress"]
    equal(
        egress,
        [
            {
                "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kafka"}}}],
                "ports": [{"protocol": "TCP", "port": 9092}],
            },
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            },
        ],
    )


def test_extractor_reaches_its_sources(render: Render) -> None:
    """networkPolicy.sources opens the extractor, and no other service."""
    rule = {"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}], "ports": [{"protocol": "TCP", "port": 443}]}
    objects = render({"extractor": {"allowedHosts": ["a.example.org"]}, "networkPolicy": {"sources": [rule]}})
    having = [it["metadata"]["name"] for it in objects.of_kind("NetworkPolicy") if rule in it["spec"]["egress"]]
    equal(having, ["reprise-extractor"])
    equal(variables(objects, "extractor")["REPRISE_ALLOWED_HOST"], "a.example.org")


def test_spool_in_a_volume(render: Render) -> None:
    """API and extractor share a claim, at the same path; without one, neither has a spool."""
    objects = render({"uploads": {"existingClaim": "uploads", "subPath": "reprise"}})
    for service in ("extractor", "api"):
        pod = objects.one("StatefulSet", f"reprise-{service}")["spec"]["template"]["spec"]
        assert {"name": "spool", "persistentVolumeClaim": {"claimName": "uploads"}} in pod["volumes"]
        mount = {"name": "spool", "mountPath": "/var/spool/reprise", "subPath": "reprise"}
        assert mount in pod["containers"][0]["volumeMounts"], pod["containers"][0]["volumeMounts"]
        equal(variables(objects, service)["REPRISE_SPOOL"], "/var/spool/reprise")
    assert "REPRISE_SPOOL" not in variables(objects, "inference")
    for service in ("extractor", "api"):
        assert "REPRISE_SPOOL" not in variables(render({}), service)


def test_spool_in_a_bucket(render: Render) -> None:
    """The API gets the credentials of the extractor, and may reach the bucket."""
    rule = {"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}], "ports": [{"protocol": "TCP", "port": 443}]}
    s3 = {"enabled": True, "existingSecret": "bucket", "region": "eu-west-1"}
    values = {"extractor": {"s3": s3}, "networkPolicy": {"sources": [rule]}, "uploads": {"bucket": "s3://uploads/a/"}}
    objects = render(values)
    for service in ("extractor", "api"):
        env = variables(objects, service)
        equal(env["REPRISE_SPOOL"], "s3://uploads/a/")
        equal(env["AWS_REGION"], "eu-west-1")
        equal(env["AWS_ACCESS_KEY_ID"]["secretKeyRef"]["name"], "bucket")
    having = [it["metadata"]["name"] for it in objects.of_kind("NetworkPolicy") if rule in it["spec"]["egress"]]
    equal(sorted(having), ["reprise-api", "reprise-extractor"])
    assert "AWS_REGION" not in variables(render(values | {"uploads": {"bucket": ""}}), "api")


def test_brokers_in_several_namespaces(render: Render) -> None:
    """Each namespace and port of the bootstrap servers is allowed once; a short name means the release's namespace."""
    servers = "a.one.svc:9092,b.one.svc.cluster.local:9093,c:9092,pod-0.d.two.svc:9092"
    egress = render({"kafka": {"bootstrapServers": servers}}).one("NetworkPolicy", "reprise-inference")["spec"][
        "egress"
    ]
    namespaces = [peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in egress[0]["to"]]
    equal(namespaces, ["one", "music", "two"])
    equal([port["port"] for port in egress[0]["ports"]], [9092, 9093])


def test_extractor_accepts_metrics_only(render: Render) -> None:
    """Nothing but a scrape may connect to the extractor and to the inference service."""
    for service, port in (("extractor", 9404), ("inference", 9405)):
        ingress = render({}).one("NetworkPolicy", f"reprise-{service}")["spec"]["ingress"]
        equal(ingress, [{"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": port}]}])


def test_instances_forward(render: Render) -> None:
    """Each API pod advertises a name of its own, and instances reach each other, also where clients are restricted."""
    peers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "web"}}}]
    objects = render({"networkPolicy": {"apiFrom": peers}})
    address = "$(POD_NAME).reprise-api-instances.$(POD_NAMESPACE).svc:8080"
    equal(variables(objects, "api")["REPRISE_ADVERTISED_ADDRESS"], address)
    service = objects.one("Service", "reprise-api-instances")["spec"]
    equal((service["clusterIP"], service["publishNotReadyAddresses"]), ("None", True))
    policy = objects.one("NetworkPolicy", "reprise-api")["spec"]
    own = {"podSelector": policy["podSelector"]}
    equal(policy["ingress"][1], {"from": [*peers, own], "ports": [{"protocol": "TCP", "port": 8080}]})
    equal(policy["egress"][-1], {"to": [own], "ports": [{"protocol": "TCP", "port": 8080}]})


def test_allowed_hosts(render: Render) -> None:
    """Without a token the API accepts the names of Service and Ingress; with one it needs none."""
    ingress = {"enabled": True, "host": "a.example.org", "tlsSecret": "tls", "allowUnauthenticated": True}
    origins = variables(render({"api": {"ingress": ingress}}), "api")["REPRISE_CORS_ORIGIN"].split(",")
    equal(
        origins,
        [
            "http://reprise-api:8080",
            "http://reprise-api.music:8080",
            "http://reprise-api.music.svc:8080",
            "https://a.example.org",
        ],
    )
    env = variables(render({"api": {"bearerToken": {"existingSecret": "token"}}}), "api")
    equal(env["REPRISE_BEARER_TOKEN"], {"secretKeyRef": {"name": "token", "key": "token"}})
    assert "REPRISE_CORS_ORIGIN" not in env


def test_user_and_password(render: Render) -> None:
    """User name and password of a secret become a sasl.jaas.config; its variables precede it."""
    env = variables(
        render({"kafka": {**SASL_SSL, "sasl": {"existingSecret": "user", "mechanism": "PLAIN"}}}), "inference"
    )
    equal(env["KAFKA_USERNAME"], {"secretKeyRef": {"name": "user", "key": "username"}})
    equal(env["KAFKA_PASSWORD"], {"secretKeyRef": {"name": "user", "key": "password"}})
    equal(
        env["REPRISE_KAFKA_SASL_JAAS_CONFIG"],
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
        ' username="$(KAFKA_USERNAME)" password="$(KAFKA_PASSWORD)";',
    )
    equal(env["REPRISE_KAFKA_SASL_MECHANISM"], "PLAIN")


def test_jaas_line(render: Render) -> None:
    """A whole sasl.jaas.config comes from the secret, for every command."""
    objects = render({"kafka": {**SASL_SSL, "sasl": {"existingSecret": "user", "jaasConfigKey": "sasl.jaas.config"}}})
    pods = objects.pods()
    equal(len(pods), 5)
    for _, spec in pods:
        env = environment(spec["containers"][0])
        expected = {"secretKeyRef": {"name": "user", "key": "sasl.jaas.config"}}
        equal(env["REPRISE_KAFKA_SASL_JAAS_CONFIG"], expected)
        assert "KAFKA_PASSWORD" not in env


def test_mutual_tls(render: Render) -> None:
    """Trust store and key store are mounted read-only, and only their key."""
    stores = {"truststore": {"existingSecret": "ca"}, "keystore": {"existingSecret": "user"}}
    objects = render({"kafka": {"bootstrapServers": BOOTSTRAP, "securityProtocol": "SSL", **stores}})
    env = variables(objects, "extractor")
    equal(env["REPRISE_KAFKA_SSL_TRUSTSTORE_LOCATION"], "/etc/reprise/truststore/ca.crt")
    equal(env["REPRISE_KAFKA_SSL_TRUSTSTORE_TYPE"], "PEM")
    assert "REPRISE_KAFKA_SSL_TRUSTSTORE_PASSWORD" not in env
    equal(env["REPRISE_KAFKA_SSL_KEYSTORE_LOCATION"], "/etc/reprise/keystore/user.p12")
    equal(env["REPRISE_KAFKA_SSL_KEYSTORE_PASSWORD"], {"secretKeyRef": {"name": "user", "key": "user.password"}})
    volumes = objects.one("StatefulSet", "reprise-extractor")["spec"]["template"]["spec"]["volumes"]
    keystore = next(volume["secret"] for volume in volumes if volume["name"] == "keystore")
    equal(keystore, {"secretName": "user", "defaultMode": 0o440, "items": [{"key": "user.p12", "path": "user.p12"}]})


def test_client_settings(render: Render) -> None:
    """Settings under Kafka's names become variables; those of a service win."""
    objects = render(
        {
            "kafka": {"bootstrapServers": BOOTSTRAP, "clientSettings": {"request.timeout.ms": "1", "a.b": "2"}},
            "api": {"kafkaSettings": {"request.timeout.ms": "3"}},
        }
    )
    equal(variables(objects, "api")["REPRISE_KAFKA_REQUEST_TIMEOUT_MS"], "3")
    equal(variables(objects, "extractor")["REPRISE_KAFKA_REQUEST_TIMEOUT_MS"], "1")
    equal(variables(objects, "api")["REPRISE_KAFKA_A_B"], "2")


def test_bucket(render: Render) -> None:
    """Only the extractor has the bucket's credentials; without a secret its service account's role applies."""
    s3 = {"enabled": True, "existingSecret": "bucket", "region": "eu-west-1", "endpointUrl": "https://s3.example.org"}
    policy = {"enabled": False}
    objects = render({"extractor": {"s3": s3}, "networkPolicy": policy})
    env = variables(objects, "extractor")
    equal(env["AWS_ACCESS_KEY_ID"], {"secretKeyRef": {"name": "bucket", "key": "AWS_ACCESS_KEY_ID"}})
    equal(env["AWS_SECRET_ACCESS_KEY"], {"secretKeyRef": {"name": "bucket", "key": "AWS_SECRET_ACCESS_KEY"}})
    equal((env["AWS_REGION"], env["AWS_ENDPOINT_URL_S3"]), ("eu-west-1", "https://s3.example.org"))
    assert "AWS_SESSION_TOKEN" not in env
    for service in ("inference", "api"):
        assert not [name for name in variables(objects, service) if name.startswith("AWS_")]
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/reprise"}
    objects = render(
        {"extractor": {"s3": {"enabled": True}, "serviceAccount": {"annotations": role}}, "networkPolicy": policy}
    )
    equal(objects.one("ServiceAccount", "reprise-extractor")["metadata"]["annotations"], role)
    assert not [name for name in variables(objects, "extractor") if name.startswith("AWS_")]


def test_files(render: Render) -> None:
    """Claims with audio are mounted read-only, and are the only roots of file: URIs."""
    files = [
        {"name": "a", "claimName": "music", "mountPath": "/music"},
        {"name": "b", "claimName": "nas", "mountPath": "/archive", "subPath": "audio"},
    ]
    objects = render({"extractor": {"files": files}})
    equal(variables(objects, "extractor")["REPRISE_ALLOWED_ROOT"], "/music,/archive")
    mounts = container(objects, "extractor")["volumeMounts"]
    equal([m for m in mounts if m["name"].startswith("files-")][1]["subPath"], "audio")
    assert all(m["readOnly"] for m in mounts if m["name"].startswith("files-")), mounts
    assert "REPRISE_ALLOWED_ROOT" not in variables(render({}), "extractor")


def test_gpu(render: Render) -> None:
    """The GPU image, resource, node selection, provider and the label that the alert needs."""
    gpu = {"enabled": True, "nodeSelector": {"gpu": "true"}, "runtimeClassName": "nvidia"}
    objects = render({"inference": {"gpu": gpu, "nodeSelector": {"arch": "amd64"}}, "monitoring": {"enabled": True}})
    pod = objects.one("StatefulSet", "reprise-inference")["spec"]["template"]["spec"]
    equal(pod["containers"][0]["image"], "ghcr.io/reprise-audio/reprise:0.1.0-gpu")
    equal(pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"], 1)
    equal(pod["nodeSelector"], {"gpu": "true", "arch": "amd64"})
    equal(pod["tolerations"], [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}])
    equal(pod["runtimeClassName"], "nvidia")
    equal(variables(objects, "inference")["REPRISE_EXECUTION_PROVIDER"], "cuda")
    relabelings = objects.one("PodMonitor", "reprise-inference")["spec"]["podMetricsEndpoints"][0]["relabelings"]
    assert {"targetLabel": "accelerator", "replacement": "cuda"} in relabelings
    for service in ("extractor", "api"):
        equal(container(objects, service)["image"], "ghcr.io/reprise-audio/reprise:0.1.0")
        assert "nvidia.com/gpu" not in container(objects, service)["resources"]["limits"]
    cpu = render({"monitoring": {"enabled": True}})
    equal(variables(cpu, "inference")["REPRISE_EXECUTION_PROVIDER"], "cpu")
    assert "tolerations" not in cpu.one("StatefulSet", "reprise-inference")["spec"]["template"]["spec"]


def test_lag(render: Render) -> None:
    """KEDA watches the groups and topics that the services read, the evaluation's included."""
    scaling = {"autoscaling": {"enabled": True}}
    prefix = {"topics": {"prefix": "a.", "suffix": ""}}
    objects = render({"extractor": {**scaling, "applicationId": "x"}, "inference": scaling, "api": scaling, **prefix})
    watched = {
        item["metadata"]["name"]: [
            (t["metadata"]["consumerGroup"], t["metadata"]["topic"]) for t in item["spec"]["triggers"]
        ]
        for item in objects.of_kind("ScaledObject")
    }
    equal(
        watched,
        {
            "reprise-extractor": [("x", "a.audio-files")],
            "reprise-inference": [("reprise-inference", "a.mfcc"), ("reprise-inference-evaluation", "a.predictions")],
            "reprise-api": [("reprise-api", "a.predictions")],
        },
    )
    for item in objects.of_kind("ScaledObject"):
        spec = item["spec"]
        assert spec["minReplicaCount"] >= 1
        for trigger in spec["triggers"]:
            equal(trigger["metadata"]["limitToPartitionsWithLag"], "true")
            assert "authenticationRef" not in trigger
        behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        for direction in ("scaleUp", "scaleDown"):
            equal(behavior[direction]["policies"], [{"type": "Pods", "value": 1, "periodSeconds": 120}])


def test_lag_with_credentials(render: Render) -> None:
    """KEDA reads the same secrets as the services."""
    kafka = {
        **SASL_SSL,
        "sasl": {"existingSecret": "user", "username": "reprise"},
        "truststore": {"existingSecret": "ca"},
    }
    objects = render({"kafka": kafka, "extractor": {"autoscaling": {"enabled": True}}})
    trigger = objects.one("ScaledObject", "reprise-extractor")["spec"]["triggers"][0]
    equal((trigger["metadata"]["sasl"], trigger["metadata"]["tls"]), ("scram_sha512", "enable"))
    equal(trigger["authenticationRef"], {"name": "reprise-kafka"})
    equal(
        objects.one("TriggerAuthentication", "reprise-kafka")["spec"],
        {
            "env": [{"parameter": "username", "name": "KAFKA_USERNAME"}],
            "secretTargetRef": [
                {"parameter": "password", "name": "user", "key": "password"},
                {"parameter": "ca", "name": "ca", "key": "ca.crt"},
            ],
        },
    )
    equal(variables(objects, "extractor")["KAFKA_USERNAME"], "reprise")
    own = render(
        {
            "kafka": {**SASL_SSL, "sasl": {"existingSecret": "user", "jaasConfigKey": "jaas"}},
            "keda": {"authenticationRef": "mine"},
            "extractor": {"autoscaling": {"enabled": True}},
        }
    )
    equal(own.of_kind("TriggerAuthentication"), [])
    equal(own.one("ScaledObject", "reprise-extractor")["spec"]["triggers"][0]["authenticationRef"], {"name": "mine"})


def test_monitors(render: Render) -> None:
    """Jobs have the names that the rules expect, and no label per pod but instance."""
    for kind, endpoints in (("PodMonitor", "podMetricsEndpoints"), ("ServiceMonitor", "endpoints")):
        objects = render({"monitoring": {"enabled": True, "kind": kind}})
        for service in ("extractor", "inference", "api"):
            relabelings = objects.one(kind, f"reprise-{service}")["spec"][endpoints][0]["relabelings"]
            assert {"targetLabel": "job", "replacement": f"reprise-{service}"} in relabelings
            dropped = next(rule["regex"] for rule in relabelings if rule.get("action") == "labeldrop")
            equal(set(dropped.split("|")), OPERATOR_LABELS)
            assert not [rule for rule in relabelings if rule.get("targetLabel") == "accelerator"]


def test_topics(render: Render) -> None:
    """The topics are created before the services start or change; account and policy come first."""
    objects = render({"topics": {"partitions": 24, "replicationFactor": 3}})
    job = objects.one("Job", "reprise-topics")
    equal(job["metadata"]["annotations"]["helm.sh/hook"], "pre-install,pre-upgrade")
    command = job["spec"]["template"]["spec"]["containers"][0]
    equal(command["args"], ["topics", "create"])
    env = environment(command)
    equal((env["REPRISE_PARTITIONS"], env["REPRISE_REPLICATION_FACTOR"]), ("24", "3"))
    for kind in ("ServiceAccount", "NetworkPolicy"):
        annotations = objects.one(kind, "reprise-topics")["metadata"]["annotations"]
        equal(annotations["helm.sh/hook"], "pre-install,pre-upgrade")
        assert int(annotations["helm.sh/hook-weight"]) < int(job["metadata"]["annotations"]["helm.sh/hook-weight"])
    equal(render({"topics": {"create": {"enabled": False}}}).of_kind("Job"), [])


def test_doctor(render: Render) -> None:
    """`helm test` runs doctor, which can reach Kafka only."""
    objects = render({})
    pod = objects.one("Pod", "reprise-doctor")
    equal(pod["metadata"]["annotations"]["helm.sh/hook"], "test")
    equal(pod["spec"]["containers"][0]["args"], ["doctor"])
    equal(len(objects.one("NetworkPolicy", "reprise-doctor")["spec"]["egress"]), 2)


def test_heap(render: Render) -> None:
    """The heap follows from threads and partitions, not from the node."""
    objects = render({})
    for service, heap in (("extractor", 544), ("inference", 512), ("api", 1024)):
        assert f"-Xmx{heap}m " in variables(objects, service)["REPRISE_JAVA_OPTS"], service
    large = {"requests": {"cpu": "1500m", "memory": "2Gi"}, "limits": {"memory": "8Gi"}}
    objects = render({"topics": {"partitions": 48}, "extractor": {"threads": 4, "resources": large}})
    options = variables(objects, "extractor")["REPRISE_JAVA_OPTS"]
    assert options.startswith("-Xmx1216m -XX:ActiveProcessorCount=2 "), options


def test_options(render: Render) -> None:
    """Options become arguments, so that the command refuses those that it does not know."""
    objects = render({"extractor": {"options": {"max-decode-time": "2m", "max-channels": "8"}}})
    equal(container(objects, "extractor")["args"], ["extractor", "--max-channels=8", "--max-decode-time=2m"])


def test_services_can_be_left_out(render: Render) -> None:
    """A service that is not enabled leaves nothing behind."""
    objects = render({"api": {"enabled": False}, "inference": {"enabled": False}, "monitoring": {"enabled": True}})
    left = [item for item in objects if item["metadata"]["name"].startswith(("reprise-api", "reprise-inference"))]
    equal(left, [])


def check_kinds(report: Report, chart: Chart) -> None:
    """Value sets show what their first line says."""
    kinds = {file.name: {item["kind"] for item in chart.render(file)} for file in CI.glob("*.yaml")}
    for name, kind in (
        ("autoscaling-values.yaml", "ScaledObject"),
        ("monitoring-values.yaml", "ServiceMonitor"),
        ("gpu-values.yaml", "PodMonitor"),
        ("ingress-values.yaml", "Ingress"),
        ("everything-values.yaml", "TriggerAuthentication"),
    ):
        report.expect(kind in kinds.get(name, set()), f"{name} renders no {kind}")
