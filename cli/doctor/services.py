"""The doctor's look at running services, by their admin ports."""

from collections.abc import Iterator, Mapping

import httpx

from cli.doctor.check_result import CheckResult, fault, good, note

SECONDS = 5.0


def examine_services(addresses: Mapping[str, str]) -> Iterator[CheckResult]:
    """What `/readyz` says at each address."""
    with httpx.Client(timeout=SECONDS, trust_env=False) as client:
        for name, address in addresses.items():
            try:
                answer = client.get(f"{address.rstrip('/')}/readyz").json()
            except (httpx.HTTPError, ValueError) as error:
                remedy = f"is it the admin port, and does the pod run? kubectl logs {name}"
                yield fault(name, f"{address} does not answer: {type(error).__name__}", remedy)
            else:
                yield from judge_answer(name, answer)


def judge_answer(name: str, answer: Mapping[str, Mapping[str, str]]) -> Iterator[CheckResult]:
    """Each fault and each note; or that there is none."""
    faults, notes = answer.get("faults") or {}, answer.get("notes") or {}
    for check, text in faults.items():
        yield fault(f"{name}: {check}", text, "docs/operations/readiness.md")
    for check, text in notes.items():
        yield note(f"{name}: {check}", text, "no fault: read it")
    if not faults:
        yield good(name, "ready")
