"""What moves into Parley and out of it: the records in between, who reads them and who writes them."""
