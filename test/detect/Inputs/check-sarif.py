"""Checks a SARIF file: required properties of 2.1.0, indices in range, and one result with the given rule and chain."""
import json
import sys

log = json.load(open(sys.argv[1]))
rule, chain = sys.argv[2], sys.argv[3:]
assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
assert set(log) <= {"$schema", "version", "runs"}
found = False
for run in log["runs"]:
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "Cordon"
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert "uri" in place["artifactLocation"]
            assert place.get("region", {"startLine": 1})["startLine"] >= 1
        for flow in result.get("codeFlows", []):
            (thread,) = flow["threadFlows"]
            names = [s["location"]["logicalLocations"][0]["fullyQualifiedName"] for s in thread["locations"]]
            assert all(s["location"]["message"]["text"] for s in thread["locations"])
            found |= result["ruleId"] == rule and names == chain
assert found, "no result with this rule and chain"
