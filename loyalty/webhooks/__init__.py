"""Messages to other systems over HTTP, signed as Standard Webhooks say: what they hold, when and how they go."""
