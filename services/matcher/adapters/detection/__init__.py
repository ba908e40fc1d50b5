"""From events to signals: of now, and of the past for rules that changed."""
