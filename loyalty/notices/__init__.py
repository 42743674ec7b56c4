"""What a member is told happened or is near: the kinds, their words, and when and how they leave."""
