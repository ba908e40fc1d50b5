"""The keys that documents of rule packs have."""

from schemas import hypothesis, pack, reader_training, rule, score_floor, word_list
from services.validation_errors import list_keys

RULE_KEYS = list_keys(hypothesis, pack, reader_training, rule, score_floor, word_list)
