"""Who is behind: as of now on a page, and once a week to the leaders, with the reasons that were given."""
