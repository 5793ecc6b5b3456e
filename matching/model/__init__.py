"""Shapes that the whole product shares: frozen, closed, validated once at the border."""
