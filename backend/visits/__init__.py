"""The calendar of visits: who goes where when, what collides, what is closed."""
