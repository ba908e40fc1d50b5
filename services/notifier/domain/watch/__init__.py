"""What people do with alerts: acknowledge, judge, silence; by whatever way they do it."""
