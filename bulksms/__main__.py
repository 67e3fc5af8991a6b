"""`python -m bulksms` is the `bulksms` command."""

from bulksms.cli import main

if __name__ == "__main__":
    main()
