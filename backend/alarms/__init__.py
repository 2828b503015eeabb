"""The door for sensors and panic buttons: what they report becomes an emergency ticket."""
