"""What finished runs show, and what can be said of it: tables, sentences, statistics."""
