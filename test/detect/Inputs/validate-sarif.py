"""Validates SARIF files against a JSON schema."""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
for name in sys.argv[2:]:
    errors = ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message) for e in validator.iter_errors(json.load(open(name)))]
    if errors:
        sys.exit(name + ":\n" + "\n".join(errors))
print(len(sys.argv) - 2, "valid")
