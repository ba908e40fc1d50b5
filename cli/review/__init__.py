"""`vedette rules diff`: a change of rules as a reviewer reads it."""
