"""What a comparison shows in words: the lesson first, the statistics behind it after."""
