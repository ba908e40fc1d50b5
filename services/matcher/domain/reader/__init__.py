"""The second reader: what a sentence model suspects a report to say, where words do not say it."""
