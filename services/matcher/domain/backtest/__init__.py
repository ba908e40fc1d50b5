"""The whole engine over events from a file, and the cases in rule files."""
