"""Chats with language models, in whatever form their containers speak, over any operation that carries them."""
