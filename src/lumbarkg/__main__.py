"""``python -m lumbarkg``."""

import sys

from lumbarkg.cli import main

sys.exit(main())
