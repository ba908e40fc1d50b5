"""Faust and its clients as they run here: the group, the fence, the way out of a fault."""
