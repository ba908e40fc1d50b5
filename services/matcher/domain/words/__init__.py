"""Word lists: what rules mean by a word, in every form that reports have."""
