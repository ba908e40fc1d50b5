"""GDELT 2.0 events: a file each 15 minutes → reports."""
