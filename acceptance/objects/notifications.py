"""Bucket notifications as AWS and MinIO send them, from their documentation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus


def aws(event: str, bucket: str, key: str, version: str | None = None) -> str:
    return json.dumps({"Records": [record("aws:s3", event, bucket, key, version)]})


def minio(event: str, bucket: str, key: str) -> str:
    name = f"s3:{event}"
    records = [record("minio:s3", name, bucket, key, None)]
    return json.dumps({"EventName": name, "Key": f"{bucket}/{key}", "Records": records})


def record(source: str, event: str, bucket: str, key: str, version: str | None) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    changed = {"key": quote_plus(key, safe="/"), "size": 1, "eTag": "d41d", "sequencer": "0055AED6"}
    if version:
        changed["versionId"] = version
    return {
        "eventVersion": "2.1",
        "eventSource": source,
        "awsRegion": "us-east-1",
        "eventTime": now,
        "eventName": event,
        "userIdentity": {"principalId": "test"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": "C3D1", "x-amz-id-2": "FMyU"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "reprise",
            "bucket": {"name": bucket, "ownerIdentity": {"principalId": "test"}, "arn": f"arn:aws:s3:::{bucket}"},
            "object": changed,
        },
    }


# AWS sends it when notifications are configured.
TEST_EVENT = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "music", "RequestId": "5582"})
