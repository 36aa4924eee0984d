"""Lessons: a task for a class, its pupils, their hidden test, the wall and the leaderboard, and how it all ends."""
