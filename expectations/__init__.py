"""What the data must satisfy, checked by Great Expectations on the database itself."""

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"
# No usage reports to its maker; releases that send them read this when they are imported.
