"""What sources write (dates, texts, countries, codes) → the values of an event."""
