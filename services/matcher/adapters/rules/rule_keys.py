"""The keys that documents of rule packs have."""

from schemas import reader_training, rule, word_list
from services.validation_errors import list_keys

RULE_KEYS = list_keys(reader_training, rule, word_list)
