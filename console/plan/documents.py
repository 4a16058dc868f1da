"""The plan for machines: JSON, SARIF 2.1.0 for code scanning, JUnit for test reports."""

import json
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree as ET

from console.plan import words
from console.plan.model import Plan, Verdict

_LEVELS = {True: "error", False: "warning"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
"""GitHub's security-severity: from it code scanning makes critical, high, medium and low."""


def document(plan: Plan) -> dict[str, Any]:
    """Give the plan as plain values, money to a millionth of a dollar."""
    return {
        "ok": not plan.stops,
        **_rounded(asdict(plan)),
        "delta": round(plan.bill.delta, 6),
        "total": round(plan.bill.after.expected, 6),
        "stops": len(plan.stops),
        "unverified": plan.unverified,
    }


def as_json(plan: Plan) -> str:
    """Give the plan as JSON text."""
    return json.dumps(document(plan), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def sarif(plan: Plan) -> str:
    """Give the verdicts as SARIF; exempted ones are suppressed, with their justification."""
    rules = [_rule(found[0]) for _, found in words.grouped(plan.verdicts)]
    order = {rule["id"]: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "Causeway", "semanticVersion": "0.1.0", "rules": rules}},
        "automationDetails": {"id": f"causeway/{plan.stack}/"},
        "originalUriBaseIds": {"PROJECT": {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(verdict, order) for verdict in plan.verdicts],
    }
    whole = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _rule(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.rule,
        "shortDescription": {"text": verdict.says},
        "fullDescription": {"text": f"{verdict.says}. {verdict.why}".strip()},
        "help": {"text": f"{verdict.why} {verdict.controls} {verdict.docs}".strip() or verdict.says},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", *filter(None, verdict.controls.split("; "))],
            "security-severity": _SCORES.get(verdict.severity, "5.5"),
        },
    }


def _result(verdict: Verdict, order: dict[str, int]) -> dict[str, Any]:
    path, _, line = verdict.source.rpartition(":")
    unverified = "unverified: " if verdict.unverified else ""
    fix = f" Fix: {verdict.fix}" if verdict.fix else ""
    suppressed = {"suppressions": [{"kind": "external", "justification": verdict.exemption}]}
    return {
        "ruleId": verdict.rule,
        "ruleIndex": order[verdict.rule],
        "level": _LEVELS[verdict.mandatory],
        "message": {"text": f"{verdict.name}: {unverified}{verdict.what}.{fix}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": path, "uriBaseId": "PROJECT"},
                    "region": {"startLine": int(line)},
                },
                "logicalLocations": [{"fullyQualifiedName": verdict.urn or verdict.name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"causeway/v1": f"{verdict.rule}|{verdict.urn}"},
        **(suppressed if verdict.exemption else {}),
    }


def junit(plan: Plan) -> str:
    """Give the verdicts as JUnit: a rule is a test case, and one more stands for all that passed."""
    groups = words.grouped(plan.verdicts)
    failed = [(rule, found) for rule, found in groups if any(verdict.mandatory for verdict in found)]
    root = ET.Element("testsuites", name="causeway", tests=str(len(groups) + 1), failures=str(len(failed)))
    suite = ET.SubElement(
        root, "testsuite", name=plan.stack, tests=str(len(groups) + 1), failures=str(len(failed)), errors="0"
    )
    passed = max(0, plan.rules - len(groups))
    ET.SubElement(
        suite, "testcase", classname=plan.stack, name=f"{passed} of {plan.rules} rules found nothing"
    )
    for rule, found in groups:
        _case(suite, plan.stack, rule, found)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, stack: str, rule: str, found: list[Verdict]) -> None:
    case = ET.SubElement(suite, "testcase", classname=stack, name=rule)
    stops = [verdict for verdict in found if verdict.mandatory]
    if stops:
        failure = ET.SubElement(
            case, "failure", type=stops[0].severity or "policy", message=_printable(stops[0].says)
        )
        failure.text = _printable("\n".join(_line(verdict) for verdict in stops))
    notes = [verdict for verdict in found if not verdict.mandatory]
    if notes:
        ET.SubElement(case, "system-out").text = _printable("\n".join(_line(verdict) for verdict in notes))


def _line(verdict: Verdict) -> str:
    return f"{verdict.source}: {verdict.name}: {verdict.what}. Fix: {verdict.fix}"


def _printable(text: str) -> str:
    """Remove what XML 1.0 can't hold."""
    return "".join(letter for letter in text if letter in "\t\n\r" or letter >= " ")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value
