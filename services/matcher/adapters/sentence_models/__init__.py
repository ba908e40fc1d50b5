"""The second reader's models, their training, and the labelled files that it learns from."""
