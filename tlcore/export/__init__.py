"""What is taken away: reports, data, programs and trained networks."""
