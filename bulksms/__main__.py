"""`python -m bulksms` is the `bulksms` command, and both begin here.

Nothing is imported before a Ctrl-C would be heard: what comes first takes its while to be read.
"""

import sys


def main() -> None:
    """Run the command; Ctrl-C ends it in one sentence, whatever it was at."""
    try:
        from bulksms.cli import main as command  # noqa: PLC0415 - see above

        command()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)  # as `bulksms.cli.failing.INTERRUPTED`, which may not be read yet


if __name__ == "__main__":
    main()
