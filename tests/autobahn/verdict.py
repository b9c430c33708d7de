"""The suite's report as a table by section. Fails unless every case is OK, or has no right and wrong."""

import collections
import json
import sys

PASSED = {"OK", "INFORMATIONAL"}

with open(sys.argv[1]) as file:
    cases = json.load(file)["maitred"]
sections = collections.defaultdict(collections.Counter)
for case, verdict in cases.items():
    sections[int(case.split(".")[0])][verdict["behavior"]] += 1
    sections[int(case.split(".")[0])]["close: " + verdict["behaviorClose"]] += 1
print("section  cases  verdicts")
for section, verdicts in sorted(sections.items()):
    count = sum(n for name, n in verdicts.items() if not name.startswith("close: "))
    told = ", ".join(f"{name} {n}" for name, n in sorted(verdicts.items()))
    print(f"{section:>7}  {count:>5}  {told}")

failed = sorted(
    (case, verdict["behavior"], verdict["behaviorClose"])
    for case, verdict in cases.items()
    if not {verdict["behavior"], verdict["behaviorClose"]} <= PASSED
)
for failure in failed:
    print("FAILED", *failure)
print(f"{len(cases)} cases, {len(failed)} failed")
sys.exit(bool(failed) or not cases)
