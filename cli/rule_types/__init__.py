"""One runnable rule file for each type: `rules new` fills it in, the reference shows it."""
