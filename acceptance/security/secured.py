# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Run all services on a broker with TLS, SASL and ACLs, each with the least rights.

Starts Kafka's own server with SASL_SSL, PLAIN, SCRAM, OAUTHBEARER and the StandardAuthorizer, and
grants each principal what `reprise topics acls` prints. Then:

1. each service without any right names all that it lacks, and exits;
2. the predictions of all services, a principal each, equal those of `reprise run`;
3. each service loses a right, names it in its log and in its readiness, and recovers when it
   is granted again; with --each, every right in turn;
4. no secret is in a command line, a log or the metrics.

Exits 0 if all of it holds, else 1.

    uv run acceptance/security/secured.py                   # generated tones, one right a service
    uv run acceptance/security/secured.py --each *.mp3      # your own files, every right
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from consumers import consumer
from processes import HOME, free_port, listening, process, request, wait_for
from tones import tones

PASSWORD = "pass-word-of-everyone"
API_TOKEN = "token-of-the-api"
METRICS_TOKEN = "token-of-the-metrics"
SECRETS = (PASSWORD, API_TOKEN, METRICS_TOKEN)
PLAIN_USERS = ("admin", "extractor", "topics", "submit")
SCRAM_USERS = ("inference",)
PREDICTIONS = "reprise.predictions.v1"
SERVICES = ("extractor", "inference", "api")

# Differ between two runs over the same files.
VOLATILE = ("extraction_id", "event_time", "time")

# Kafka Streams does not notice every loss by itself; services check their rights every 9 s.
LOSS_SECONDS = 60

# Kafka Streams applications of a service, at most. Each may log a loss and its return, however long the loss lasts.
APPLICATIONS = 2


@dataclass(frozen=True)
class Acl:
    """One right of one principal, as `kafka-acls.sh` grants it."""

    principal: str
    operation: str
    resource: str
    name: str
    prefixed: bool

    def binding(self, kind: type = AclBinding) -> AclBinding | AclBindingFilter:
        types = {
            "--topic": ResourceType.TOPIC,
            "--group": ResourceType.GROUP,
            "--transactional-id": ResourceType.TRANSACTIONAL_ID,
        }
        operation = "".join(f"_{c}" if c.isupper() else c for c in self.operation).upper().lstrip("_")
        return kind(
            types[self.resource],
            self.name,
            ResourcePatternType.PREFIXED if self.prefixed else ResourcePatternType.LITERAL,
            self.principal,
            "*",
            AclOperation[operation],
            AclPermissionType.ALLOW,
        )

    def sentence(self) -> str:
        """Return the beginning of the message for a client that lacks the right."""
        noun = {"--topic": "topic", "--group": "group", "--transactional-id": "transactional id"}[self.resource]
        resource = f"{noun}s with prefix {self.name}" if self.prefixed else f"{noun} {self.name}"
        return f"Permission {self.operation} on {resource} is missing for "

    @property
    def required(self) -> bool:
        return self.operation != "DescribeConfigs"


class Cluster:
    """A secured broker, and its administrator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.certificate = folder / "broker.pem"
        self._create_certificate()

    @property
    def client(self) -> dict[str, Any]:
        """Settings of the administrator for librdkafka."""
        return {
            "bootstrap.servers": self.address,
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(self.certificate),
            "sasl.mechanisms": "PLAIN",
            "sasl.username": "admin",
            "sasl.password": PASSWORD,
            "log_level": 0,  # It would report the end of the broker.
        }

    def _create_certificate(self) -> None:
        store = ["-keystore", str(self.folder / "broker.p12"), "-storepass", PASSWORD, "-alias", "broker"]
        names = ["-dname", "CN=broker", "-ext", "san=ip:127.0.0.1,dns:localhost"]
        _check(["keytool", "-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", *store, *names])
        _check(["keytool", "-exportcert", "-rfc", "-file", str(self.certificate), *store])

    @contextmanager
    def running(self) -> Iterator[AdminClient]:
        settings = self.folder / "server.properties"
        settings.write_text("".join(f"{name}={value}\n" for name, value in self._server().items()))
        java = ["java", "-Xmx512m", "-cp", f"{HOME}/cli/target/lib/*"]
        format_storage = ["kafka.tools.StorageTool", "format", "--config", str(settings)]
        _check([*java, *format_storage, "--cluster-id", "Xo3Wc5mJTf6rT1QnYtZ0Bw", "--standalone"])
        with process([*java, "kafka.Kafka", str(settings)], self.folder / "broker.log"):
            wait_for("the broker", lambda: listening(self.port))
            admin = AdminClient(self.client)
            users = [
                UserScramCredentialUpsertion(
                    user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD.encode()
                )
                for user in SCRAM_USERS
            ]
            for future in admin.alter_user_scram_credentials(users).values():
                future.result()
            yield admin

    def _server(self) -> dict[str, str]:
        plain = "".join(f' user_{user}="{PASSWORD}"' for user in PLAIN_USERS)
        controller = f"127.0.0.1:{free_port()}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "log.dirs": str(self.folder / "kafka"),
            "listeners": f"CLIENTS://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"CLIENTS://{self.address}",
            "listener.security.protocol.map": "CLIENTS:SASL_SSL,CONTROLLER:SASL_SSL",
            "inter.broker.listener.name": "CLIENTS",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": controller,
            "ssl.keystore.type": "PKCS12",
            "ssl.keystore.location": str(self.folder / "broker.p12"),
            "ssl.keystore.password": PASSWORD,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.certificate),
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512,OAUTHBEARER",
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.clients.plain.sasl.jaas.config": jaas_plain("admin") + plain + ";",
            "listener.name.controller.plain.sasl.jaas.config": jaas_plain("admin") + plain + ";",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": jaas_scram() + ";",
            "listener.name.clients.oauthbearer.sasl.jaas.config": jaas_oauth("admin"),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin",
            "auto.create.topics.enable": "false",
            "message.max.bytes": "17825792",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "4",
            "log.cleaner.dedupe.buffer.size": "8388608",
        }

    def environment(self, user: str) -> dict[str, str]:
        """Return the environment of a Reprise process with a principal: the password, or a reference to its file."""
        if user in PLAIN_USERS:
            # The password itself: a process that has only a reference could not leak it.
            mechanism, jaas = "PLAIN", jaas_plain(user) + ";"
        elif user in SCRAM_USERS:
            secrets = self.folder / f"{user}.secrets"
            secrets.write_text(f"password={PASSWORD}\n")
            secrets.chmod(0o600)
            reference = f"${{file:{secrets}:password}}"
            mechanism, jaas = "SCRAM-SHA-512", f'{jaas_scram()} username="{user}" password="{reference}";'
        else:
            mechanism, jaas = "OAUTHBEARER", jaas_oauth(user)
        settings = {
            "security.protocol": "SASL_SSL",
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.certificate),
            "sasl.mechanism": mechanism,
            "sasl.jaas.config": jaas,
            "config.providers": "file",
            "config.providers.file.class": "org.apache.kafka.common.config.provider.FileConfigProvider",
        }
        kafka = {f"REPRISE_KAFKA_{name.upper().replace('.', '_')}": value for name, value in settings.items()}
        return {**os.environ, **kafka, "REPRISE_BOOTSTRAP_SERVERS": self.address}


def jaas_plain(user: str) -> str:
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return f'{module} required username="{user}" password="{PASSWORD}"'


def jaas_scram() -> str:
    return "org.apache.kafka.common.security.scram.ScramLoginModule required"


def jaas_oauth(user: str) -> str:
    module = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    return f'{module} required unsecuredLoginStringClaim_sub="{user}";'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", action="store_true", help="take away every right, not one a service")
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    _check([str(HOME / "reprise"), "--version"])  # builds the product if necessary, before the timeouts begin
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = [file.resolve() for file in arguments.files] or tones(folder)
        expected = predictions_of_run(files)
        cluster = Cluster(folder)
        admin = stack.enter_context(cluster.running())
        acls = {user: printed_acls(user) for user in (*SERVICES, "topics", "submit")}
        grant(admin, acls["topics"] + acls["submit"])
        _check([str(HOME / "reprise"), "topics", "create", "--partitions", "4"], cluster.environment("topics"))
        name_all_missing(cluster, acls)
        for service in SERVICES:
            grant(admin, acls[service])
        services = Services(cluster, sorted({str(file.parent) for file in files}))
        with services.running():
            _check([str(HOME / "reprise"), "submit", *map(str, files)], cluster.environment("submit"))
            compare(expected, predictions_of(cluster, len(files)))
            lose_rights(admin, services, acls, arguments.each)
            services.check_no_secrets()
    print("The secured services passed.")
    return 0


class Services:
    """The extractor, the inference service and the API, a principal each."""

    def __init__(self, cluster: Cluster, roots: list[str]) -> None:
        self.cluster = cluster
        self.folder = cluster.folder
        self.ports = {service: free_port() for service in SERVICES}
        self.api_port = free_port()
        self.roots = roots

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as stack:
            for service in SERVICES:
                environment = self.cluster.environment(service)
                environment["REPRISE_METRICS_TOKEN"] = METRICS_TOKEN
                own = ["--data-dir", str(self.folder / "data"), "--http-port", str(self.ports[service])]
                if service == "extractor":
                    own += ["--allowed-root", ",".join(self.roots)]
                if service == "api":
                    environment["REPRISE_BEARER_TOKEN"] = API_TOKEN
                    own += ["--api-port", str(self.api_port)]
                command = [str(HOME / "reprise"), service, *own]
                stack.enter_context(process(command, self.log(service), environment))
            for service in SERVICES:
                wait_for(f"{service} to be ready", lambda service=service: self.is_ready(service))
            yield

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def is_ready(self, service: str) -> bool:
        return request(self.ports[service], "/health/ready", timeout=10).status == 200

    def names(self, service: str, acl: Acl) -> bool:
        """Return whether a service is not ready, because it lacks a right."""
        response = request(self.ports[service], "/health/ready", timeout=10)
        return response.status == 503 and response.body.decode().startswith(acl.sentence())

    def check_no_secrets(self) -> None:
        processes = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        texts = {"ps": processes}
        for service in SERVICES:
            if request(self.ports[service], "/metrics").status != 401:
                raise SystemExit(f"The metrics of {service} need no token.")
            metrics = request(self.ports[service], "/metrics", headers=bearer(METRICS_TOKEN))
            if metrics.status != 200:
                raise SystemExit(f"The metrics of {service} respond {metrics.status} to their token.")
            texts[f"the metrics of {service}"] = metrics.body.decode()
            texts[f"the log of {service}"] = self.log(service).read_text()
        for where, text in texts.items():
            if any(secret in text for secret in SECRETS):
                raise SystemExit(f"A secret is in {where}.")
        if request(self.api_port, "/v1/status", headers=bearer(API_TOKEN)).status != 200:
            raise SystemExit("The API does not accept its token.")
        print("No secret is in a command line, a log or the metrics.")


def predictions_of_run(files: list[Path]) -> dict[str, Any]:
    output = _check([str(HOME / "reprise"), "run", "--format", "json", *map(str, files)])
    return by_track(output.splitlines())


def predictions_of(cluster: Cluster, count: int) -> dict[str, Any]:
    """Read predictions until there is one of each track."""
    reader = consumer(cluster.address, PREDICTIONS, **cluster.client)
    found: dict[str, Any] = {}
    deadline = time.monotonic() + 120 + 2 * count
    try:
        while len(found) < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"Only {len(found)} of {count} tracks were predicted.")
            record = reader.poll(1)
            if record is not None and record.error() is None:
                found |= by_track([record.value().decode()])
    finally:
        reader.close()
    return found


def by_track(lines: list[str]) -> dict[str, Any]:
    predictions = [json.loads(line) for line in lines]
    return {
        prediction["track_id"]: {name: value for name, value in prediction.items() if name not in VOLATILE}
        for prediction in predictions
    }


def compare(expected: dict[str, Any], actual: dict[str, Any]) -> None:
    differing = [track for track in expected if expected[track] != actual.get(track)]
    if differing or len(actual) != len(expected):
        track = next(iter(differing), "")
        raise SystemExit(
            f"{len(differing)} of {len(expected)} tracks differ, such as {track}:\n"
            f"  {expected.get(track)}\n  {actual.get(track)}"
        )
    print(f"The predictions of {len(actual)} tracks equal those of an unsecured run.")


def printed_acls(client: str) -> list[Acl]:
    """Parse what `reprise topics acls` prints."""
    command = [str(HOME / "reprise"), "topics", "acls", client, "--principal", f"User:{client}"]
    acls = []
    for line in _check(command).splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        principal = words[words.index("--allow-principal") + 1]
        resource = next(word for word in words if word in ("--topic", "--group", "--transactional-id"))
        name = words[words.index(resource) + 1]
        operations = [words[i + 1] for i, word in enumerate(words) if word == "--operation"]
        prefixed = "--resource-pattern-type" in words
        acls += [Acl(principal, operation, resource, name, prefixed) for operation in operations]
    return acls


def grant(admin: AdminClient, acls: list[Acl]) -> None:
    for future in admin.create_acls([acl.binding() for acl in acls]).values():
        future.result()


def revoke(admin: AdminClient, acl: Acl) -> None:
    for future in admin.delete_acls([acl.binding(AclBindingFilter)]).values():
        if len(future.result()) != 1:
            raise SystemExit(f"{acl} was not granted.")


def name_all_missing(cluster: Cluster, acls: dict[str, list[Acl]]) -> None:
    """Start each service without a right."""
    for service in SERVICES:
        command = [str(HOME / "reprise"), service, "--data-dir", str(cluster.folder / "none"), "--http-port", "0"]
        if service == "api":
            command += ["--api-port", "0"]
        environment = cluster.environment(service)
        completed = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        lines = completed.stderr.splitlines()
        missing = [acl for acl in acls[service] if acl.required]
        unnamed = [acl for acl in missing if not any(line.startswith(acl.sentence()) for line in lines)]
        if completed.returncode != 1 or unnamed or len(lines) != len(missing):
            raise SystemExit(f"{service} without rights exits with {completed.returncode}: {completed.stderr}")
        print(f"{service} without a right names the {len(missing)} that it lacks, such as")
        print(f"  {lines[0]}")


def lose_rights(admin: AdminClient, services: Services, acls: dict[str, list[Acl]], each: bool) -> None:
    """Take away rights of all services at the same time, one of each, and grant them again."""
    queues = {service: [acl for acl in acls[service] if acl.required] for service in SERVICES}
    rounds = max(map(len, queues.values())) if each else 1
    for number in range(rounds):
        current = {service: queue[number] for service, queue in queues.items() if number < len(queue)}
        for acl in current.values():
            revoke(admin, acl)
        for service, acl in current.items():
            wait_for(
                f"{service} to name {acl}",
                lambda service=service, acl=acl: services.names(service, acl),
                LOSS_SECONDS,
            )
        grant(admin, list(current.values()))
        for service in current:
            wait_for(f"{service} to recover", lambda service=service: services.is_ready(service), LOSS_SECONDS)
    for service, queue in queues.items():
        lines = [line for line in services.log(service).read_text().splitlines() if " PermissionWatch: " in line]
        for acl in queue[:rounds]:
            lost = [line for line in lines if f"PermissionWatch: {acl.sentence()}" in line]
            back = [line for line in lines if "is granted again" in line and acl.sentence() in line]
            if not lost or not back:
                raise SystemExit(f"The log of {service} has {len(lost)} and {len(back)} lines about {acl}.")
        taken = len(queue[:rounds])
        if len(lines) > 2 * APPLICATIONS * taken:
            raise SystemExit(f"The log of {service} repeats the loss of a right:\n" + "\n".join(lines))
        print(f"{service} named each of {taken} rights that it lost, and recovered: {len(lines)} lines about them.")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _check(command: list[str], environment: dict[str, str] | None = None) -> str:
    completed = subprocess.run(command, capture_output=True, text=True, env=environment)
    if completed.returncode != 0:
        raise SystemExit(f"{command[0]} {command[1]} failed: {completed.stderr or completed.stdout}")
    return completed.stdout


if __name__ == "__main__":
    sys.exit(main())
