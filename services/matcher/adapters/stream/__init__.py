"""Faust and its clients, corrected: the group, the session, the fence, crashes."""
