"""A real object store for tests: moto's server, which checks signatures and permissions here."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))
from processes import free_port

# Requests until the user exists need no signature. Read when moto is imported.
SETUP_REQUESTS = 3
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(SETUP_REQUESTS)

import boto3  # noqa: E402
from botocore.client import BaseClient  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

USER = "extractor"


class Store:
    """A running store, the credentials of its user, and a client that fills it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._before_range: dict[str, Callable[[], None]] = {}
        iam = self._client("iam", "setup", "setup")
        iam.create_user(UserName=USER)
        key = iam.create_access_key(UserName=USER)["AccessKey"]
        everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
        iam.put_user_policy(UserName=USER, PolicyName="objects", PolicyDocument=everything)
        self.access_key, self.secret_key = key["AccessKeyId"], key["SecretAccessKey"]
        self.s3 = self._client("s3", self.access_key, self.secret_key)

    def _client(self, service: str, access_key: str, secret_key: str) -> BaseClient:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )

    def before_second_range(self, path: str, action: Callable[[], None]) -> None:
        """Run an action once, before an object is read on from where its first range ended."""
        self._before_range[path] = action

    def on_request(self, method: str, path: str, requested: str) -> None:
        if method == "GET" and path in self._before_range and not requested.startswith("bytes=0-"):
            self._before_range.pop(path)()


@contextmanager
def running() -> Iterator[Store]:
    port = free_port()
    app = DomainDispatcherApplication(create_backend_app)
    stores: list[Store] = []

    def observed(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        for store in stores:
            store.on_request(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_RANGE", ""))
        response: Iterable[bytes] = app(environ, start_response)
        return response

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, observed, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        stores.append(Store(f"http://127.0.0.1:{port}"))
        yield stores[0]
    finally:
        server.shutdown()
