"""What programs elsewhere are asked, and what they answer."""
