"""Who may ask: tokens, foreign pages, and readers beyond the limit."""

from __future__ import annotations

from contextlib import closing

import requests

from asking import spotify
from asking.instance import FRIEND, TOKEN, Instance
from asking.report import Report

FOE = "https://evil.example.org"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "prefer"}
ALLOWED = "Access-Control-Allow-Origin"


def check_open(report: Report, instance: Instance) -> None:
    """An instance as it comes."""
    answer = _ask(instance, "GET", "/v1/status", Origin=FRIEND)
    report.check("no page is a friend by default", answer.ok and ALLOWED not in answer.headers)
    answer = _ask(instance, "OPTIONS", "/v1/audio", Origin=FRIEND, **PREFLIGHT)
    report.check("nor by asking before", not answer.ok and ALLOWED not in answer.headers)
    _check_post(report, instance, "a foreign page may send nothing", FRIEND, 403)
    _check_post(report, instance, "our own page may", instance.url, 202)


def check_guarded(report: Report, instance: Instance) -> None:
    """An instance with a token and a friend."""
    bearing = {"Authorization": f"Bearer {TOKEN}"}
    for what, headers in {
        "no token": {},
        "another token": {"Authorization": f"Bearer {TOKEN}s"},
        "a token in other letters": {"Authorization": f"Bearer {TOKEN.upper()}"},
        "another scheme": {"Authorization": f"Basic {TOKEN}"},
    }.items():
        answer = _ask(instance, "GET", "/v1/status", **headers)
        challenge = answer.headers.get("WWW-Authenticate")
        report.check(f"{what} is refused", _is_problem(answer, 401) and challenge == "Bearer", answer.text)
    report.check("the token is taken", _ask(instance, "GET", "/v1/status", **bearing).ok)
    for path in ("/", "/openapi.yaml"):
        report.check(f"{path} needs none", _ask(instance, "GET", path).ok)
    spotify.check(report, instance, TOKEN)

    answer = _ask(instance, "OPTIONS", "/v1/audio", Origin=FRIEND, **PREFLIGHT)
    allowed = (answer.status_code, answer.headers.get(ALLOWED))
    report.equal("a friend's page may ask before", allowed, (204, FRIEND))
    answer = _ask(instance, "GET", "/v1/status", Origin=FRIEND, **bearing)
    report.equal("and read", (answer.status_code, answer.headers.get(ALLOWED)), (200, FRIEND))
    answer = _ask(instance, "GET", "/v1/status", Origin=FOE, **bearing)
    report.equal("another's may not", (answer.status_code, answer.headers.get(ALLOWED)), (200, None))
    _check_post(report, instance, "nor send", FOE, 403, **bearing)
    _check_post(report, instance, "which the friend's may", FRIEND, 202, **bearing)
    _check_readers(report, instance, bearing)


def _check_readers(report: Report, instance: Instance, bearing: dict[str, str]) -> None:
    url = instance.url + "/v1/events"
    with closing(requests.get(url, headers=bearing, stream=True, timeout=30)):
        answer = _ask(instance, "GET", "/v1/events", **bearing)
        later = answer.headers.get("Retry-After")
        report.check("a reader too many is to come later", _is_problem(answer, 503) and later == "1", later)


def _check_post(report: Report, instance: Instance, what: str, origin: str, status: int, **headers: str) -> None:
    headers |= {"Origin": origin, "Content-Type": "audio/wav"}
    answer = _ask(instance, "POST", "/v1/audio", b"RIFF", **headers)
    fits = answer.status_code == status and (answer.ok or _is_problem(answer, status))
    report.check(what, fits, f"{answer.status_code} {answer.text}")


def _is_problem(answer: requests.Response, status: int) -> bool:
    kind = answer.headers.get("Content-Type")
    return kind == "application/problem+json" and answer.json()["status"] == status


def _ask(instance: Instance, method: str, path: str, data: bytes | None = None, **headers: str) -> requests.Response:
    return requests.request(method, instance.url + path, data=data, headers=headers, timeout=30)
