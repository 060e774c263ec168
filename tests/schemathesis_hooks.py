"""What tests/schemathesis does not ask: every server must let pass a header that it does not know (RFC 9110 section 5.1)."""

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    return not any("unknown-property" in name.lower() for name in case.headers or {})
