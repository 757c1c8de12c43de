"""openapi.yaml against the specification that it says it follows."""

from __future__ import annotations

import requests
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from asking.instance import Instance
from asking.report import Report


def check(report: Report, instance: Instance) -> None:
    answer = requests.get(instance.url + "/openapi.yaml", timeout=10)
    faults = list(OpenAPIV31SpecValidator(yaml.safe_load(answer.text)).iter_errors())
    report.check("openapi.yaml is valid OpenAPI 3.1", answer.ok and not faults, faults)
