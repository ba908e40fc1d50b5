"""What Vedette tells of itself and of its sources, beside the rules."""
