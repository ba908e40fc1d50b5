"""Messages that end workers: named at each crash, set aside after the second."""
