"""Authentication, CORS and the limit of event readers."""

from __future__ import annotations

from contextlib import closing

import requests

from checks import spotify
from checks.instance import ALLOWED_ORIGIN, TOKEN, Instance
from checks.report import Report

FOREIGN_ORIGIN = "https://evil.example.org"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "prefer"}
ALLOW_ORIGIN = "Access-Control-Allow-Origin"


def check_open(report: Report, instance: Instance) -> None:
    """Check an instance with default options."""
    response = _request(instance, "GET", "/v1/status", Origin=ALLOWED_ORIGIN)
    report.check("no origin is allowed by default", response.ok and ALLOW_ORIGIN not in response.headers)
    response = _request(instance, "OPTIONS", "/v1/audio", Origin=ALLOWED_ORIGIN, **PREFLIGHT)
    report.check("a preflight request is rejected", not response.ok and ALLOW_ORIGIN not in response.headers)
    _check_post(report, instance, "POST from a foreign origin is rejected", ALLOWED_ORIGIN, 403)
    _check_post(report, instance, "POST from the same origin is accepted", instance.url, 202)


def check_guarded(report: Report, instance: Instance) -> None:
    """Check an instance with a token and an allowed origin."""
    auth = {"Authorization": f"Bearer {TOKEN}"}
    for what, headers in {
        "no token": {},
        "a wrong token": {"Authorization": f"Bearer {TOKEN}s"},
        "a token in upper case": {"Authorization": f"Bearer {TOKEN.upper()}"},
        "a different scheme": {"Authorization": f"Basic {TOKEN}"},
    }.items():
        response = _request(instance, "GET", "/v1/status", **headers)
        challenge = response.headers.get("WWW-Authenticate")
        report.check(f"{what} is rejected", _is_problem(response, 401) and challenge == "Bearer", response.text)
    report.check("the token is accepted", _request(instance, "GET", "/v1/status", **auth).ok)
    for path in ("/", "/openapi.yaml"):
        report.check(f"{path} needs no token", _request(instance, "GET", path).ok)
    spotify.check(report, instance, TOKEN)

    response = _request(instance, "OPTIONS", "/v1/audio", Origin=ALLOWED_ORIGIN, **PREFLIGHT)
    found = (response.status_code, response.headers.get(ALLOW_ORIGIN))
    report.equal("a preflight request of the allowed origin succeeds", found, (204, ALLOWED_ORIGIN))
    response = _request(instance, "GET", "/v1/status", Origin=ALLOWED_ORIGIN, **auth)
    found = (response.status_code, response.headers.get(ALLOW_ORIGIN))
    report.equal("the allowed origin can read", found, (200, ALLOWED_ORIGIN))
    response = _request(instance, "GET", "/v1/status", Origin=FOREIGN_ORIGIN, **auth)
    found = (response.status_code, response.headers.get(ALLOW_ORIGIN))
    report.equal("a foreign origin cannot read", found, (200, None))
    _check_post(report, instance, "POST from a foreign origin is rejected", FOREIGN_ORIGIN, 403, **auth)
    _check_post(report, instance, "POST from the allowed origin is accepted", ALLOWED_ORIGIN, 202, **auth)
    _check_readers(report, instance, auth)


def _check_readers(report: Report, instance: Instance, auth: dict[str, str]) -> None:
    url = instance.url + "/v1/events"
    with closing(requests.get(url, headers=auth, stream=True, timeout=30)):
        response = _request(instance, "GET", "/v1/events", **auth)
        retry_after = response.headers.get("Retry-After")
        report.check(
            "a reader above the limit gets 503 with Retry-After",
            _is_problem(response, 503) and retry_after == "1",
            retry_after,
        )


def _check_post(report: Report, instance: Instance, what: str, origin: str, status: int, **headers: str) -> None:
    headers |= {"Origin": origin, "Content-Type": "audio/wav"}
    response = _request(instance, "POST", "/v1/audio", b"RIFF", **headers)
    fits = response.status_code == status and (response.ok or _is_problem(response, status))
    report.check(what, fits, f"{response.status_code} {response.text}")


def _is_problem(response: requests.Response, status: int) -> bool:
    content_type = response.headers.get("Content-Type")
    return content_type == "application/problem+json" and response.json()["status"] == status


def _request(
    instance: Instance, method: str, path: str, data: bytes | None = None, **headers: str
) -> requests.Response:
    return requests.request(method, instance.url + path, data=data, headers=headers, timeout=30)
