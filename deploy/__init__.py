"""What is generated for those who run Vedette."""
