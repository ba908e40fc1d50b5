"""The words of a report: folded, searched for phrases, cut into sentences; names in them."""
