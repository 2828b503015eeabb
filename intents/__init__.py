"""Text in, meaning out. Pure: no database, no Telegram, no clock of its own."""

import os

# Small products of matrices gain nothing from threads and lose much on a busy machine (2–4 times the time,
# measured). The libraries read this once, when numpy is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
