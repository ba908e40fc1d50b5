"""What Vedette knows of each language: a folder a language, with one contract."""
