"""Many alike reports from one building as one matter: found, told once to everybody, ended once."""
