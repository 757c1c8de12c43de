"""Validation of openapi.yaml against OpenAPI 3.1."""

from __future__ import annotations

import requests
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from checks.instance import Instance
from checks.report import Report


def check(report: Report, instance: Instance) -> None:
    response = requests.get(instance.url + "/openapi.yaml", timeout=10)
    errors = list(OpenAPIV31SpecValidator(yaml.safe_load(response.text)).iter_errors())
    report.check("openapi.yaml is valid OpenAPI 3.1", response.ok and not errors, errors)
