"""A web process beside the test's: tells, once for each line it reads, how the estate words its sentences.

``python -m tests.estates.other_process URL ESTATE`` keeps what it read between two lines, as a server does.
"""

import json
import sys

from backend.db import Database
from backend.estates.texts import texts_of
from backend.models import Estate


def main(url: str, estate_id: int) -> None:
    database = Database(url)
    for _line in sys.stdin:
        with database.read() as session:
            own = texts_of(session, session.get_one(Estate, estate_id))
            told = {sentence: dict(sides) for sentence, sides in own.items()}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
