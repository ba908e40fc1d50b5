"""`vedette rules backtest`: what the rules would have made of past events."""
