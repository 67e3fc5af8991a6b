"""What is true without a file, a network, a database or a clock."""
